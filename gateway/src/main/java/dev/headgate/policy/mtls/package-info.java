/**
 * The policy {@code mtls} and the credential of that name: callers that have shown a certificate in
 * the TLS handshake of their connection. Whether a certificate is genuine is decided in that
 * handshake, by the listener's authorities; here, whose it is.
 */
@NullMarked
package dev.headgate.policy.mtls;

import org.jspecify.annotations.NullMarked;
