/**
 * The policy {@code jwt}: vouches for callers that show a signed token (RFC 7519, RFC 9068) of an
 * issuer that is trusted. What a token must say, what is remembered of those that were verified,
 * and how a token's claims become an identity and a consumer. Tokens' form and keys are read in
 * {@code jose}; what a caller may do is decided elsewhere.
 */
@NullMarked
package dev.headgate.policy.jwt;

import org.jspecify.annotations.NullMarked;
