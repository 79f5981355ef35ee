package dev.headgate.http2;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FrameWatchTest {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int PRIORITY = 2;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int WINDOW_UPDATE = 8;
  private static final int CONTINUATION = 9;
  private static final int END_HEADERS = 4;

  private final FrameWatch watch = new FrameWatch(new FrameBudget(3, 0));

  @Test
  void knowsThatAHeadIsOpenUntilItsLastFragmentIsWhole() {
    assertThat(watch.headOpen()).isFalse();
    feed(frame(HEADERS, 0, 10));
    assertThat(watch.headOpen()).isTrue();
    feed(frame(CONTINUATION, 0, 0));
    assertThat(watch.headOpen()).isTrue();
    ByteBuf end = frame(CONTINUATION, END_HEADERS, 5);
    watch.taken(end, 0, 9, 0);
    assertThat(watch.headOpen()).isTrue();
    watch.taken(end, 9, 14, 0);
    assertThat(watch.headOpen()).isFalse();
  }

  @Test
  void knowsAHeadInOneFrame() {
    feed(frame(HEADERS, END_HEADERS, 10));
    assertThat(watch.headOpen()).isFalse();
  }

  @Test
  void followsSeveralFramesInOneRead() {
    ByteBuf in =
        Unpooled.wrappedBuffer(
            frame(DATA, 0, 100), frame(HEADERS, END_HEADERS, 3), frame(HEADERS, 0, 7));
    feed(in);
    assertThat(watch.headOpen()).isTrue();
  }

  @Test
  void findsAFlood() {
    assertThat(feed(frame(PING, 0, 8))).isTrue();
    assertThat(feed(frame(SETTINGS, 0, 0))).isTrue();
    assertThat(feed(frame(PRIORITY, 0, 5))).isTrue();
    assertThat(feed(frame(WINDOW_UPDATE, 0, 4))).isFalse();
  }

  @Test
  void countsEmptyDataAndUnknownFramesButNoAcknowledgements() {
    for (int i = 0; i < 10; i++) {
      assertThat(feed(frame(PING, 1, 8))).isTrue();
      assertThat(feed(frame(SETTINGS, 1, 0))).isTrue();
    }
    assertThat(feed(frame(DATA, 0, 0))).isTrue();
    assertThat(feed(frame(77, 0, 0))).isTrue();
    assertThat(feed(frame(DATA, 0, 0))).isTrue();
    assertThat(feed(frame(DATA, 0, 0))).isFalse();
  }

  @Test
  void letsAPeerThatDoesSomethingSendMore() {
    for (int i = 0; i < 1000; i++) {
      assertThat(feed(frame(DATA, 0, 10))).isTrue();
      assertThat(feed(frame(WINDOW_UPDATE, 0, 4))).isTrue();
      assertThat(feed(frame(PING, 0, 8))).isTrue();
    }
  }

  @Test
  void doesNotLetAPeerSaveUpForAFlood() {
    for (int i = 0; i < 1000; i++) {
      feed(frame(DATA, 0, 10));
    }
    int allowed = 0;
    while (feed(frame(PING, 0, 8))) {
      allowed++;
    }
    assertThat(allowed).isLessThan(20);
  }

  @Test
  void forgivesWithTime() {
    FrameBudget budget = new FrameBudget(2, 0);
    assertThat(budget.spend(1)).isTrue();
    assertThat(budget.spend(2)).isTrue();
    assertThat(budget.spend(3)).isFalse();
    assertThat(budget.spend(TimeUnit.SECONDS.toNanos(31))).isTrue();
  }

  private boolean feed(ByteBuf in) {
    return watch.taken(in, 0, in.writerIndex(), 0);
  }

  private static ByteBuf frame(int type, int flags, int length) {
    ByteBuf out = Unpooled.buffer();
    out.writeMedium(length).writeByte(type).writeByte(flags).writeInt(1).writeZero(length);
    return out;
  }
}
