/**
 * What happens to a request, stage by stage. {@code RequestFlow} is the one place to read; the
 * interfaces beside it are how the client's protocol plugs in.
 */
@NullMarked
package dev.headgate.flow;

import org.jspecify.annotations.NullMarked;
