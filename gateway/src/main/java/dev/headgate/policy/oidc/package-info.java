/**
 * The policy {@code oidc}: logs browsers in at an OpenID provider (OpenID Connect Core 1.0, code
 * flow with PKCE) and vouches for them by a sealed session cookie. All that is known of a login or
 * a session is in the browser's cookies; nodes share nothing. Tokens and keys are read in {@code
 * jose}; what a caller may do is decided elsewhere.
 */
@NullMarked
package dev.headgate.policy.oidc;

import org.jspecify.annotations.NullMarked;
