package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.logging.InternalLoggerFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class NettyLogTest {
  private final InternalLoggerFactory before = InternalLoggerFactory.getDefaultFactory();

  @AfterEach
  void putBack() {
    InternalLoggerFactory.setDefaultFactory(before);
  }

  @Test
  void theRedisClientIsSilentAndNettyIsNot() {
    NettyLog.install();
    assertThat(InternalLoggerFactory.getInstance("io.lettuce.core.Watchdog").isErrorEnabled())
        .isFalse();
    assertThat(InternalLoggerFactory.getInstance("io.netty.util.Leaks").isErrorEnabled()).isTrue();
  }

  /** See {@link NettyLog}. */
  @Test
  void noPackageHasALevelOfItsOwn() throws IOException {
    assertThat(Files.readString(Path.of("src/main/resources/tinylog.properties"), UTF_8))
        .doesNotContain("level@");
  }
}
