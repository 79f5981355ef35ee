/**
 * Tokens that are encrypted for the gateway (RFC 7516): their compact form, the private keys that
 * open them, and what may be inside, which is a signed token and nothing else (RFC 7519 section
 * 5.2). The library does the cryptography. What a signed token must say and who made its signature
 * is found out in {@code jose}, as if it had come without an envelope.
 */
@NullMarked
package dev.headgate.jwe;

import org.jspecify.annotations.NullMarked;
