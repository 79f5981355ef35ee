/**
 * The configuration: records as the user writes them, the types of their values, and what reads,
 * checks and describes them. No Netty and no sockets here; what a record means at run time is
 * compiled in {@code snapshot}.
 */
@NullMarked
package dev.headgate.config;

import org.jspecify.annotations.NullMarked;
