/**
 * What wire tests are written with: clients that send chosen bytes, origins that follow a script
 * and remember what reached them, certificates, and a clock that a test moves. Everything here
 * blocks with strict timeouts, on plain or virtual threads, over loopback sockets. HTTP/2 lives in
 * {@code dev.headgate.testkit.http2}. Nothing here knows the gateway: a test brings the two
 * together.
 */
@NullMarked
package dev.headgate.testkit;

import org.jspecify.annotations.NullMarked;
