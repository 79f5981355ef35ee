package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http1BodyTest {
  private final Http1Body body = new Http1Body();

  private String read(String text, int piece) throws BadMessage {
    StringBuilder out = new StringBuilder();
    for (int at = 0; at < text.length(); at += piece) {
      ByteBuf in =
          Unpooled.copiedBuffer(
              text.substring(at, Math.min(text.length(), at + piece)), StandardCharsets.ISO_8859_1);
      while (in.isReadable() && !body.done()) {
        ByteBuf data = body.read(in);
        if (data != null) {
          out.append(data.toString(StandardCharsets.ISO_8859_1));
          data.release();
        }
      }
      in.release();
    }
    return out.toString();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 1000})
  void readsChunksHoweverTheyAreCut(int piece) throws BadMessage {
    body.start(Http1Body.Framing.CHUNKED, 0);
    assertThat(read("5\r\nhello\r\n1;x=y\r\n \r\n05\r\nworld\r\n0\r\nX-Sum: 9\r\n\r\n", piece))
        .isEqualTo("hello world");
    assertThat(body.done()).isTrue();
    Headers trailers = Objects.requireNonNull(body.trailers());
    assertThat(trailers.get("x-sum")).isEqualTo("9");
  }

  @Test
  void readsAStatedLengthAndNoMore() throws BadMessage {
    body.start(Http1Body.Framing.LENGTH, 5);
    ByteBuf in = Unpooled.copiedBuffer("helloGET /", StandardCharsets.ISO_8859_1);
    ByteBuf data = Objects.requireNonNull(body.read(in));
    assertThat(data.toString(StandardCharsets.ISO_8859_1)).isEqualTo("hello");
    assertThat(body.done()).isTrue();
    assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("GET /");
    data.release();
    in.release();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "x\r\n",
        "-1\r\n",
        "+1\r\n",
        " 1\r\n",
        "1 \r\na",
        "0x1\r\n",
        "1\na\r\n",
        "1\r\nab",
        "1\r\na\n0",
        "1\r\na\r0",
        "1111111111111111\r\n",
        "0\r\nX : y\r\n\r\n",
        "0\r\nX: y\n\r\n",
        "0\r\n\n",
        "1;\u0001\r\na"
      })
  void refusesBadChunks(String text) {
    body.start(Http1Body.Framing.CHUNKED, 0);
    assertThat(catchThrowableOfType(BadMessage.class, () -> read(text, 1000))).isNotNull();
  }

  @Test
  void boundsExtensions() {
    body.start(Http1Body.Framing.CHUNKED, 0);
    String chunk = "1;" + "x".repeat(100) + "\r\na\r\n";
    BadMessage refusal = catchThrowableOfType(BadMessage.class, () -> read(chunk.repeat(50), 1000));
    assertThat(refusal.reason()).isEqualTo("framing.chunk_extension");
  }

  @Test
  void knowsAConnectionThatClosedTooEarly() throws BadMessage {
    body.start(Http1Body.Framing.LENGTH, 5);
    read("hell", 4);
    assertThat(body.closed()).isFalse();
    body.start(Http1Body.Framing.UNTIL_CLOSE, 0);
    assertThat(read("whatever", 3)).isEqualTo("whatever");
    assertThat(body.closed()).isTrue();
  }
}
