/**
 * TLS of both sides: certificate and key files read, checked and watched, contexts for listeners
 * (chosen by SNI, resumed, reloaded) and for endpoints. No sockets and no HTTP live here: a channel
 * handler is what comes out.
 */
@NullMarked
package dev.headgate.tls;

import org.jspecify.annotations.NullMarked;
