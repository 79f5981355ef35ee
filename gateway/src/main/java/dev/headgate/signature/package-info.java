/**
 * Checks of signatures by public keys, quick enough to be made for every new credential. What a
 * signature is part of, a token or a message, is read elsewhere.
 */
@NullMarked
package dev.headgate.signature;

import org.jspecify.annotations.NullMarked;
