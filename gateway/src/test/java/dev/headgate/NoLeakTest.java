package dev.headgate;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Runs after all others: whether one of them has lost a buffer. */
@Order(Integer.MAX_VALUE)
class NoLeakTest {
  private static final int ROUNDS = 5;

  @Test
  void noTestHasLostABuffer() {
    for (int i = 0; i < ROUNDS; i++) {
      System.gc();
      // What the collector found is reported when the next buffer is made.
      PooledByteBufAllocator.DEFAULT.directBuffer().release();
    }
    assertThat(LeakLedger.found()).isEmpty();
  }
}
