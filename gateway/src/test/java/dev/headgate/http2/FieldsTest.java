package dev.headgate.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Http2Head;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FieldsTest {
  private final FieldEncoder encoder = new FieldEncoder();
  private final DefaultHttp2HeadersDecoder reference =
      new DefaultHttp2HeadersDecoder(true, 100_000);

  static IntStream statuses() {
    return IntStream.of(100, 103, 200, 201, 204, 206, 304, 400, 404, 418, 500, 599);
  }

  @ParameterizedTest
  @MethodSource("statuses")
  void writesAResponseThatAnotherDecoderReads(int status) throws Http2Exception {
    Headers headers = new Headers();
    headers.add(HeaderName.CONTENT_TYPE, "application/json");
    headers.add(HeaderName.GRPC_STATUS, "0");
    headers.add("X-Mixed-Case", "Value");
    headers.add("set-cookie", "a=b");
    headers.add("set-cookie", "c=d");
    headers.add("empty", "");
    Http2Headers read = decode(new FieldBlock().response(status).fields(headers));
    assertThat(read.status()).hasToString(Integer.toString(status));
    assertThat(read.get("content-type")).hasToString("application/json");
    assertThat(read.get("grpc-status")).hasToString("0");
    assertThat(read.get("x-mixed-case")).hasToString("Value");
    assertThat(read.getAll("set-cookie")).hasSize(2);
    assertThat(read.get("empty")).hasToString("");
    assertThat(read.size()).isEqualTo(7);
  }

  @Test
  void writesARequestThatAnotherDecoderReads() throws Http2Exception {
    Headers headers = new Headers();
    headers.add(HeaderName.AUTHORIZATION, "Bearer x");
    FieldBlock block =
        new FieldBlock().request("PATCH", "http", "h:80", "/a?b", null).fields(headers);
    Http2Headers read = decode(block.field(HeaderName.TE, "trailers"));
    assertThat(read.method()).hasToString("PATCH");
    assertThat(read.scheme()).hasToString("http");
    assertThat(read.authority()).hasToString("h:80");
    assertThat(read.path()).hasToString("/a?b");
    assertThat(read.get("authorization")).hasToString("Bearer x");
    assertThat(read.get("te")).hasToString("trailers");
  }

  @Test
  void writesTheShortFormsOfCommonRequests() throws Http2Exception {
    Http2Headers get = decode(new FieldBlock().request("GET", "https", "h", "/", null));
    assertThat(get.method()).hasToString("GET");
    assertThat(get.scheme()).hasToString("https");
    assertThat(get.path()).hasToString("/");
    Http2Headers connect =
        decode(new FieldBlock().request("CONNECT", "https", "h", "/ws", "websocket"));
    assertThat(connect.get(":protocol")).hasToString("websocket");
    assertThat(decode(new FieldBlock().request("POST", "https", "h", "/", null)).method())
        .hasToString("POST");
  }

  @Test
  void writesLongValuesAndNames() throws Http2Exception {
    Headers headers = new Headers();
    for (int length : new int[] {126, 127, 128, 254, 255, 256, 5000}) {
      headers.add("n".repeat(length), "v".repeat(length));
    }
    Http2Headers read = decode(new FieldBlock().trailers().fields(headers));
    for (int length : new int[] {126, 127, 128, 254, 255, 256, 5000}) {
      assertThat(read.get("n".repeat(length))).hasToString("v".repeat(length));
    }
  }

  @Test
  void canBeUsedAgain() throws Http2Exception {
    FieldBlock block = new FieldBlock();
    block.response(200).field(HeaderName.SERVER, "x");
    assertThat(decode(block.response(404)).size()).isEqualTo(1);
  }

  @Test
  void tellsAPeerThatWantsASmallerTableThatItIsNotUsed() throws Http2Exception {
    reference.configuration().maxHeaderTableSize(0);
    encoder.configuration().maxHeaderTableSize(0);
    assertThat(decode(new FieldBlock().response(200)).status()).hasToString("200");
    assertThat(decode(new FieldBlock().response(204)).status()).hasToString("204");
  }

  private Http2Headers decode(FieldBlock block) throws Http2Exception {
    ByteBuf out = Unpooled.buffer();
    encoder.encodeHeaders(1, block, out);
    return reference.decodeHeaders(1, out);
  }

  @Test
  void readsWhatAnotherEncoderWrites() throws Exception {
    DefaultHttp2HeadersEncoder other = new DefaultHttp2HeadersEncoder();
    Http2Head head = new Http2Head(1000, 10_000, 100);
    FieldDecoder decoder = new FieldDecoder(head, 10_000, Headers::new);
    for (int i = 0; i < 3; i++) {
      Http2Headers sent =
          new DefaultHttp2Headers()
              .method("GET")
              .scheme("https")
              .authority("h")
              .path("/" + i)
              .add("x-long", "y".repeat(600))
              .add("user-agent", "a");
      ByteBuf block = Unpooled.buffer();
      other.encodeHeaders(1, sent, block);
      decoder.decodeHeaders(1, block);
      head.checkRequest();
      assertThat(head.path()).isEqualTo("/" + i);
      assertThat(head.headers().get(HeaderName.USER_AGENT)).isEqualTo("a");
      assertThat(head.headers().get("x-long")).isEqualTo("y".repeat(600));
    }
  }

  @Test
  void usesHeadersAgainUntilTheyAreTaken() throws Exception {
    Http2Head head = new Http2Head(1000, 10_000, 100);
    FieldDecoder decoder = new FieldDecoder(head, 10_000, Headers::new);
    Headers first = decoded(decoder);
    assertThat(decoded(decoder)).isSameAs(first);
    decoder.taken();
    assertThat(decoded(decoder)).isNotSameAs(first);
  }

  @Test
  void refusesAHeadOverTheLimitButReadsItToItsEnd() throws Exception {
    DefaultHttp2HeadersEncoder other = new DefaultHttp2HeadersEncoder();
    Http2Head head = new Http2Head(1000, 2000, 100);
    FieldDecoder decoder = new FieldDecoder(head, 10_000, Headers::new);
    decoder.maxHeaderListSize(2000, 4000);
    ByteBuf block = Unpooled.buffer();
    other.encodeHeaders(
        1,
        new DefaultHttp2Headers()
            .method("GET")
            .scheme("https")
            .path("/")
            .add("x", "y".repeat(2000))
            .add("z", "1"),
        block);
    decoder.decodeHeaders(1, block);
    assertThatThrownBy(head::checkRequest)
        .isInstanceOfSatisfying(BadMessage.class, e -> assertThat(e.status()).isEqualTo(431));
    // The compression state is still the same on both sides.
    ByteBuf next = Unpooled.buffer();
    other.encodeHeaders(
        3,
        new DefaultHttp2Headers()
            .method("GET")
            .scheme("https")
            .path("/")
            .authority("h")
            .add("z", "1"),
        next);
    decoder.decodeHeaders(3, next);
    head.checkRequest();
    assertThat(head.headers().get("z")).isEqualTo("1");
  }

  private static Headers decoded(FieldDecoder decoder) throws Http2Exception {
    ByteBuf block = Unpooled.buffer();
    new FieldEncoder().encodeHeaders(1, new FieldBlock().response(200), block);
    decoder.decodeHeaders(1, block);
    return decoder.head().headers();
  }
}
