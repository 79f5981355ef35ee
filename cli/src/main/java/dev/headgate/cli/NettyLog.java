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
 * <p>A level for one package in the process log's own settings would have it walk the stack
 * whenever somebody asks whether errors are logged, and Netty asks that in the middle of requests.
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
