/**
 * Keys as people keep them: PEM files, private and public. What the keys are for is said elsewhere.
 */
@NullMarked
package dev.headgate.pem;

import org.jspecify.annotations.NullMarked;
