package dev.headgate.cli;

import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import io.netty.util.internal.logging.Slf4JLoggerFactory;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Where Netty logs, and what logs through it: to the process log, but for the Redis client, which
 * would tell on each loop that it tries again. How a store is doing is said once, by the package
 * that asks it.
 *
 * <p>The process log walks the stack whenever somebody asks whether errors are logged, and Netty
 * asks that for each buffer that it samples, in the middle of requests; with a level for one
 * package it would walk it to its end. So there is none, and the launcher makes samples rare.
 */
final class NettyLog extends InternalLoggerFactory {
  private static final String REDIS_CLIENT = "io.lettuce";

  private NettyLog() {}

  /** Made for the first store, and kept: nobody else keeps what the level is set on. */
  private static final class Silent {
    private static final Logger REDIS = Logger.getLogger(REDIS_CLIENT);

    static {
      REDIS.setLevel(Level.OFF);
    }

    static InternalLogger of(String name) {
      return ((JdkLoggerFactory) JdkLoggerFactory.INSTANCE).newInstance(name);
    }
  }

  /** To be called before anything of Netty is used. */
  static void install() {
    setDefaultFactory(new NettyLog());
  }

  @Override
  protected InternalLogger newInstance(String name) {
    return name.startsWith(REDIS_CLIENT)
        ? Silent.of(name)
        : ((Slf4JLoggerFactory) Slf4JLoggerFactory.INSTANCE).newInstance(name);
  }
}
