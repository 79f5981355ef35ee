/** Matching: host, path and predicates as one compiled, immutable tree. */
@NullMarked
package dev.headgate.route;

import org.jspecify.annotations.NullMarked;
