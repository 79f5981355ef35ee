package dev.headgate.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.Optional;

class Http1BodyFuzzTest {
  @FuzzTest
  void anyChunksAreReadAsTheStandardSaysHoweverTheyAreCut(byte[] bytes) {
    String text = new String(bytes, ISO_8859_1);
    Optional<SlowHttp1.Chunked> expected = SlowHttp1.chunked(text);
    Optional<SlowHttp1.Chunked> whole = read(bytes, Math.max(1, bytes.length));
    for (int piece : new int[] {1, 7}) {
      assertThat(read(bytes, piece)).as("%s in pieces of %d", text, piece).isEqualTo(whole);
    }
    if (whole.isPresent()) {
      assertThat(whole).as(text).isEqualTo(expected);
    } else if (expected.isPresent()) {
      // Right, but beyond a bound: a long line, many extensions or trailers.
      assertThat(bytes.length).as(text).isGreaterThan(64);
    }
  }

  /** Empty where the body is refused or not whole. */
  private static Optional<SlowHttp1.Chunked> read(byte[] bytes, int piece) {
    Http1Body body = new Http1Body();
    body.start(Http1Body.Framing.CHUNKED, 0);
    StringBuilder content = new StringBuilder();
    try {
      for (int from = 0; from < bytes.length; from += piece) {
        int size = Math.min(piece, bytes.length - from);
        ByteBuf in = Unpooled.wrappedBuffer(bytes, from, size);
        for (ByteBuf data = body.read(in); data != null; data = body.read(in)) {
          content.append(data.toString(ISO_8859_1));
          data.release();
        }
        if (body.done()) {
          Headers trailers = body.trailers();
          return Optional.of(
              new SlowHttp1.Chunked(
                  content.toString(),
                  trailers == null ? List.of() : Http1HeadFuzzTest.fields(trailers),
                  from + size - in.readableBytes()));
        }
        assertThat(in.isReadable()).isFalse();
      }
    } catch (BadMessage refused) {
      assertThat(refused.status()).isIn(400, 431);
    }
    return Optional.empty();
  }
}
