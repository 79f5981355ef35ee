package dev.headgate.retry;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplayBodyTest {
  private static ReplayBody.@Nullable Loss keep(ReplayBody body, String text) {
    ByteBuf piece = Unpooled.copiedBuffer(text, US_ASCII);
    try {
      return body.keep(piece);
    } finally {
      piece.release();
    }
  }

  private static String text(ReplayBody body) {
    ByteBuf copy = Objects.requireNonNull(body.copy());
    try {
      return copy.toString(US_ASCII);
    } finally {
      copy.release();
    }
  }

  @Test
  void keepsWhatWasSentUpToItsBound() {
    ReplayMemory memory = new ReplayMemory(10_000);
    ReplayBody body = new ReplayBody(memory, 1000);
    assertThat(body.copy()).isNull();
    StringBuilder sent = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      assertThat(keep(body, "0123456789")).isNull();
      sent.append("0123456789");
      assertThat(text(body)).isEqualTo(sent.toString());
    }
    assertThat(keep(body, "0")).isEqualTo(ReplayBody.Loss.TOO_LARGE);
    body.close();
    assertThat(memory.held()).isZero();
  }

  @Test
  void aCopyStaysWholeWhileTheBodyGrows() {
    ReplayBody body = new ReplayBody(new ReplayMemory(10_000), 5000);
    keep(body, "head");
    ByteBuf early = Objects.requireNonNull(body.copy());
    keep(body, "x".repeat(2000));
    assertThat(early.toString(US_ASCII)).isEqualTo("head");
    assertThat(early.release()).as("the body holds another buffer by now").isTrue();
    body.close();
  }

  /** Thousands of bodies that come in small pieces and stop at any time. */
  @Test
  void allBodiesTogetherNeverHoldMoreThanTheMemory() {
    Random random = new Random(7);
    ReplayMemory memory = new ReplayMemory(100_000);
    List<ReplayBody> open = new ArrayList<>();
    int refused = 0;
    for (int step = 0; step < 50_000; step++) {
      if (open.isEmpty() || random.nextInt(10) == 0) {
        open.add(new ReplayBody(memory, 16_384));
      }
      ReplayBody body = open.get(random.nextInt(open.size()));
      ReplayBody.Loss loss = keep(body, "x".repeat(random.nextInt(1, 1500)));
      if (loss != null || random.nextInt(25) == 0) {
        refused += loss == ReplayBody.Loss.NO_MEMORY ? 1 : 0;
        body.close();
        open.remove(body);
      }
      assertThat(memory.held()).isBetween(0L, 100_000L);
    }
    assertThat(refused).isPositive();
    open.forEach(ReplayBody::close);
    assertThat(memory.held()).isZero();
  }
}
