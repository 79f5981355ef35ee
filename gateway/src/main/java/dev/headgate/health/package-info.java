/**
 * Which endpoints of an upstream are fit to be used, as the whole node knows it: what came of
 * requests, for how long an endpoint is left out, and who may try it again. No sockets and no
 * timers: whoever sends requests tells what came of them and asks before the next.
 */
@NullMarked
package dev.headgate.health;

import org.jspecify.annotations.NullMarked;
