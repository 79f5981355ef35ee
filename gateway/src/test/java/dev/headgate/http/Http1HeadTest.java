package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1HeadTest {
  private final Http1Head head = new Http1Head(100, 400, 5);
  private final Headers headers = new Headers();

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private boolean readRequest(String text) throws BadMessage {
    head.startRequest(headers);
    return head.read(bytes(text));
  }

  private BadMessage refusal(String text) {
    head.startRequest(headers);
    return catchThrowableOfType(BadMessage.class, () -> head.read(bytes(text)));
  }

  @Test
  void readsARequestAndLeavesWhatFollows() throws BadMessage {
    ByteBuf in = bytes("POST /a?b=c HTTP/1.1\r\nHost: x\r\nX-Thing: \t some value \t\r\n\r\nbody");
    head.startRequest(headers);

    assertThat(head.read(in)).isTrue();

    assertThat(head.method()).isEqualTo("POST");
    assertThat(head.target()).isEqualTo("/a?b=c");
    assertThat(head.minor()).isEqualTo(1);
    assertThat(headers.get(HeaderName.HOST)).isEqualTo("x");
    assertThat(headers.get("x-thing")).isEqualTo("some value");
    assertThat(in.toString(StandardCharsets.ISO_8859_1)).isEqualTo("body");
  }

  @Test
  void readsAHeadThatComesByteByByte() throws BadMessage {
    String text = "GET / HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\n\r\n";
    head.startRequest(headers);
    for (int i = 0; i < text.length() - 1; i++) {
      assertThat(head.read(bytes(text.substring(i, i + 1)))).isFalse();
    }
    assertThat(head.read(bytes("\n"))).isTrue();
    assertThat(headers.get(HeaderName.HOST)).isEqualTo("example.com");
    assertThat(headers.size()).isEqualTo(2);
  }

  @Test
  void skipsOneEmptyLineBeforeARequestAndNoMore() throws BadMessage {
    assertThat(readRequest("\r\nGET / HTTP/1.1\r\n\r\n")).isTrue();
    assertThat(refusal("\r\n\r\nGET / HTTP/1.1\r\n\r\n").reason()).isEqualTo("framing.start_line");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1\\nHost: x\\r\\n\\r\\n | 400 | framing.bare_lf",
        "GET / HTTP/1.1\\r\\nHost: x\\n\\r\\n | 400 | framing.bare_lf",
        "GET / HTTP/1.1\\r\\nHost: x\\r\\n\\n | 400 | framing.bare_lf",
        "GET / HTTP/1.1\\r\\nA: b\\rc\\r\\n\\r\\n | 400 | framing.control",
        "GET / HTTP/1.1\\r\\nA: b\\0c\\r\\n\\r\\n | 400 | framing.control",
        "GET / HTTP/1.1\\r\\nA : b\\r\\n\\r\\n | 400 | framing.field_name",
        "GET / HTTP/1.1\\r\\n: b\\r\\n\\r\\n | 400 | framing.field_name",
        "GET / HTTP/1.1\\r\\nA\\r\\n\\r\\n | 400 | framing.field_name",
        "GET / HTTP/1.1\\r\\nA(b): c\\r\\n\\r\\n | 400 | framing.field_name",
        "GET / HTTP/1.1\\r\\nA: b\\r\\n c\\r\\n\\r\\n | 400 | framing.folded",
        "GET / HTTP/1.1\\r\\n A: b\\r\\n\\r\\n | 400 | framing.folded",
        "GET  / HTTP/1.1\\r\\n\\r\\n | 400 | framing.target",
        "GET /  HTTP/1.1\\r\\n\\r\\n | 400 | framing.start_line",
        "GET /\\r\\n\\r\\n | 400 | framing.target",
        "' GET / HTTP/1.1\\r\\n\\r\\n' | 400 | framing.start_line",
        "GET / HTTP/1.1 \\r\\n\\r\\n | 400 | framing.start_line",
        "GET /a#b HTTP/1.1\\r\\n\\r\\n | 400 | framing.target",
        "GET /\\344 HTTP/1.1\\r\\n\\r\\n | 400 | framing.target",
        "G(T / HTTP/1.1\\r\\n\\r\\n | 400 | framing.start_line",
        "GET / http/1.1\\r\\n\\r\\n | 400 | framing.start_line",
        "GET / HTTP/2.0\\r\\n\\r\\n | 505 | framing.version",
        "GET / HTTP/1.2\\r\\n\\r\\n | 505 | framing.version",
        "GET / HTTP/0.9\\r\\n\\r\\n | 505 | framing.version",
      })
  void refusesWhatTwoParsersCouldReadInTwoWays(String escaped, int status, String reason) {
    BadMessage refusal = refusal(escaped.translateEscapes());
    assertThat(refusal.reason()).isEqualTo(reason);
    assertThat(refusal.status()).isEqualTo(status);
  }

  @Test
  void boundsTheLineTheHeadAndTheNumberOfFields() {
    assertThat(refusal("GET /" + "a".repeat(100)).status()).isEqualTo(414);
    assertThat(refusal("GET /" + "a".repeat(95) + " HTTP/1.1\r\n\r\n").status()).isEqualTo(414);
    assertThat(refusal("GET / HTTP/1.1\r\nA: " + "a".repeat(400)).status()).isEqualTo(431);
    assertThat(refusal("GET / HTTP/1.1\r\n" + "A: b\r\n".repeat(6) + "\r\n").reason())
        .isEqualTo("limit.header_count");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET",
        "HEAD",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "OPTIONS",
        "PROPFIND",
        "GOT",
        "PUSH",
        "P"
      })
  void readsMethods(String method) throws BadMessage {
    assertThat(readRequest(method + " / HTTP/1.1\r\n\r\n")).isTrue();
    assertThat(head.method()).isEqualTo(method);
  }

  @Test
  void readsAResponse() throws BadMessage {
    head.startResponse(headers);
    assertThat(head.read(bytes("HTTP/1.0 404 Not Found\r\nServer: x\r\n\r\n"))).isTrue();
    assertThat(head.status()).isEqualTo(404);
    assertThat(head.minor()).isZero();
    head.startResponse(headers);
    assertThat(head.read(bytes("HTTP/1.1 200\r\n\r\n"))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 099 x\r\n\r\n",
        "HTTP/1.1 600 x\r\n\r\n",
        "HTTP/1.1 abc x\r\n\r\n",
        "ICY 200 OK\r\n\r\n",
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 O\0K\r\n\r\n"
      })
  void refusesBadStatusLines(String text) {
    head.startResponse(headers);
    assertThat(catchThrowableOfType(BadMessage.class, () -> head.read(bytes(text)))).isNotNull();
  }
}
