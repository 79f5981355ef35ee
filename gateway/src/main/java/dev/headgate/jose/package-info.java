/**
 * Signed tokens and the keys that prove them (RFC 7515, 7517, 7518): strict reading of tokens and
 * key sets, verification, and keys that are fetched and kept. What a token must say, and what it
 * means for a request, is the policies' business.
 */
@NullMarked
package dev.headgate.jose;

import org.jspecify.annotations.NullMarked;
