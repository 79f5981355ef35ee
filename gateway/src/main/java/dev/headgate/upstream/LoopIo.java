package dev.headgate.upstream;

import dev.headgate.exchange.Loop;
import dev.headgate.http.ByteSink;
import dev.headgate.http.HeadersPool;
import dev.headgate.retry.ReplayMemory;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;

/**
 * What every connection on one loop uses.
 *
 * @param eventLoop the thread that owns all of it
 * @param sockets makes client sockets of the loop's transport
 * @param loop time and timers
 * @param sink for the head that is being written
 * @param headers those that no message uses at the moment
 * @param replays what may be held of bodies for further attempts
 */
public record LoopIo(
    EventLoop eventLoop,
    ChannelFactory<? extends Channel> sockets,
    Loop loop,
    ByteSink sink,
    HeadersPool headers,
    ReplayMemory replays) {}
