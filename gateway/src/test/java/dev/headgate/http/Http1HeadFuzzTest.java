package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

class Http1HeadFuzzTest {
  private static final int LIMIT = 1 << 20;

  @FuzzTest
  void anyBytesAreReadAsTheStandardSaysHoweverTheyAreCut(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    Optional<SlowHttp1.RequestHead> expected =
        SlowHttp1.requestHead(text).filter(head -> head.method().length() <= 32);
    for (int piece : new int[] {Math.max(1, bytes.length), 1, 7}) {
      assertThat(read(bytes, piece)).as("%s in pieces of %d", text, piece).isEqualTo(expected);
    }
  }

  @FuzzTest
  void whatIsWrittenAnewIsReadAsTheSame(byte[] bytes) {
    Optional<SlowHttp1.RequestHead> head = read(bytes, Math.max(1, bytes.length));
    if (head.isPresent()) {
      ByteSink out = new ByteSink();
      out.put(head.get().method()).put(" / HTTP/1.1\r\n");
      Headers headers = new Headers();
      for (String field : head.get().fields()) {
        int colon = field.indexOf(':');
        headers.add(field.substring(0, colon), field.substring(colon + 1));
      }
      headers.writeTo(out);
      out.put("\r\n");
      assertThat(
              read(Arrays.copyOf(out.array(), out.length()), LIMIT)
                  .map(SlowHttp1.RequestHead::fields))
          .hasValue(head.get().fields());
    }
  }

  /** Empty where the head is refused or not whole. */
  private static Optional<SlowHttp1.RequestHead> read(byte[] bytes, int piece) {
    Http1Head head = new Http1Head(LIMIT, LIMIT, LIMIT);
    head.startRequest(new Headers());
    try {
      for (int from = 0; from < bytes.length; from += piece) {
        int size = Math.min(piece, bytes.length - from);
        ByteBuf in = Unpooled.wrappedBuffer(bytes, from, size);
        if (head.read(in)) {
          int length = from + size - in.readableBytes();
          return Optional.of(
              new SlowHttp1.RequestHead(
                  head.method(), head.target(), head.minor(), fields(head.headers()), length));
        }
        assertThat(in.isReadable()).isFalse();
      }
    } catch (BadMessage refused) {
      assertThat(refused.status()).isBetween(400, 505);
    }
    return Optional.empty();
  }

  static List<String> fields(Headers headers) {
    List<String> fields = new ArrayList<>();
    headers.forEach((name, value) -> fields.add(name + ":" + value));
    return fields;
  }
}
