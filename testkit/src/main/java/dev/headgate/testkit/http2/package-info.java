/**
 * HTTP/2 for wire tests, down to single frames: a client that may break every rule on purpose, and
 * an origin that answers by a script. Incoming frames are checked strictly, and what breaks RFC
 * 9113 fails the test when its client or origin is closed. HTTP/1 and what both share is in {@code
 * dev.headgate.testkit}.
 */
@NullMarked
package dev.headgate.testkit.http2;

import org.jspecify.annotations.NullMarked;
