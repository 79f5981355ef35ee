package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.AsciiString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http2HeadTest {
  private final Http2Head head = new Http2Head(100, 1000, 10);

  @Test
  void readsARequest() throws BadMessage {
    request("user-agent", "x", "accept", "*/*");
    head.checkRequest();
    assertThat(head.method()).isEqualTo("GET");
    assertThat(head.path()).isEqualTo("/a?b=c");
    assertThat(head.authority()).isEqualTo("API.example.com:8443");
    assertThat(head.host()).isEqualTo("api.example.com");
    assertThat(head.extendedConnect()).isFalse();
    assertThat(head.headers().get(HeaderName.USER_AGENT)).isEqualTo("x");
    assertThat(head.headers().get("accept")).isEqualTo("*/*");
    assertThat(head.headers().size()).isEqualTo(2);
  }

  @Test
  void readsTheNextRequestAfresh() throws BadMessage {
    request("a", "1", "cookie", "x=1", "cookie", "y=2");
    head.checkRequest();
    fields(":method", "POST", ":scheme", "http", ":path", "/", "host", "b");
    head.checkRequest();
    assertThat(head.method()).isEqualTo("POST");
    assertThat(head.host()).isEqualTo("b");
    assertThat(head.headers().size()).isEqualTo(1);
  }

  @Test
  void joinsTheCrumbsOfACookie() throws BadMessage {
    request("cookie", "a=1", "x", "y", "cookie", "b=2", "cookie", "c=3");
    head.checkRequest();
    assertThat(head.headers().all(HeaderName.COOKIE)).containsExactly("a=1; b=2; c=3");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "connection",
        "keep-alive",
        "proxy-connection",
        "transfer-encoding",
        "upgrade",
      })
  void refusesFieldsOfHttp1Connections(String name) {
    request(name, "x");
    refused("h2.connection_field");
  }

  @Test
  void allowsTeForTrailersOnly() throws BadMessage {
    request("te", "trailers");
    head.checkRequest();
    request("te", "gzip");
    refused("h2.connection_field");
  }

  @ParameterizedTest
  @CsvSource({
    "Upper, x, framing.field_name",
    "a b, x, framing.field_name",
    "a:, x, framing.field_name",
    "'', x, framing.field_value",
    "a, 'x\n', framing.control",
    "a, 'x\r', framing.control",
    "a, ' x', framing.field_value",
    "a, 'x ', framing.field_value",
    "a, '\tx', framing.field_value",
  })
  void refusesMalformedFields(String name, String value, String reason) {
    request(name, value);
    refused(reason);
  }

  @Test
  void refusesNulInAValue() {
    request("a", "x\0y");
    refused("framing.control");
  }

  @Test
  void refusesPseudoHeaderFieldsAfterRegularOnes() {
    fields(":method", "GET", ":scheme", "https", "a", "b", ":path", "/", ":authority", "h");
    refused("h2.pseudo_order");
  }

  @ParameterizedTest
  @ValueSource(strings = {":method", ":path", ":scheme", ":authority"})
  void refusesAPseudoHeaderFieldTwice(String name) {
    fields(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "h", name, "GET");
    refused("h2.pseudo_twice");
  }

  @Test
  void refusesAPseudoHeaderFieldItDoesNotKnow() {
    fields(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "h", ":x", "y");
    refused("h2.pseudo_unknown");
  }

  @Test
  void refusesTheStatusInARequest() {
    fields(":method", "GET", ":scheme", "https", ":path", "/", ":authority", "h", ":status", "200");
    refused("h2.pseudo_missing");
  }

  @Test
  void refusesARequestWithoutMethodSchemeOrPath() {
    fields(":scheme", "https", ":path", "/", ":authority", "h");
    refused("h2.pseudo_missing");
    fields(":method", "GET", ":path", "/", ":authority", "h");
    refused("h2.pseudo_missing");
    fields(":method", "GET", ":scheme", "https", ":authority", "h");
    refused("h2.pseudo_missing");
    fields(":method", "GET", ":scheme", "https", ":path", "", ":authority", "h");
    refused("h2.pseudo_missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"user@h", "h:x", "h:70000", "h/x", "h h", ""})
  void refusesAnAuthorityThatIsNoHost(String authority) {
    fields(":method", "GET", ":scheme", "https", ":path", "/", ":authority", authority);
    assertThatThrownBy(head::checkRequest).isInstanceOf(BadMessage.class);
  }

  @Test
  void refusesAHostThatIsNotTheAuthority() throws BadMessage {
    request("host", "api.example.com:8443");
    head.checkRequest();
    request("host", "other.example.com");
    refused("host.mismatch");
    request("host", "api.example.com:8443", "host", "api.example.com:8443");
    refused("host.several");
  }

  @Test
  void refusesARequestWithNeitherAuthorityNorHost() {
    fields(":method", "GET", ":scheme", "https", ":path", "/");
    refused("host.missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "http://h/", "/a b", "/a#b", "/\u00e9", "*"})
  void refusesATargetThatIsNoPath(String path) {
    fields(":method", "GET", ":scheme", "https", ":path", path, ":authority", "h");
    refused("framing.target");
  }

  @Test
  void takesAnAsteriskForOptions() throws BadMessage {
    fields(":method", "OPTIONS", ":scheme", "https", ":path", "*", ":authority", "h");
    head.checkRequest();
    assertThat(head.path()).isEqualTo("*");
  }

  @Test
  void refusesAPathThatIsTooLong() {
    fields(":method", "GET", ":scheme", "https", ":path", "/" + "x".repeat(100), ":authority", "h");
    refused("limit.request_line");
  }

  @Test
  void refusesConnectButForWebSockets() throws BadMessage {
    fields(":method", "CONNECT", ":authority", "h:443");
    refused("framing.connect");
    fields(
        ":method",
        "CONNECT",
        ":protocol",
        "connect-udp",
        ":scheme",
        "https",
        ":path",
        "/",
        ":authority",
        "h");
    refused("framing.connect");
    fields(
        ":method",
        "GET",
        ":protocol",
        "websocket",
        ":scheme",
        "https",
        ":path",
        "/",
        ":authority",
        "h");
    refused("h2.pseudo_unknown");
    fields(
        ":method",
        "CONNECT",
        ":protocol",
        "websocket",
        ":scheme",
        "https",
        ":path",
        "/",
        ":authority",
        "h");
    head.checkRequest();
    assertThat(head.extendedConnect()).isTrue();
  }

  @Test
  void refusesAHeadThatIsTooLargeOrHasTooManyFields() {
    request("a", "x".repeat(1000));
    refused("limit.header_bytes");
    request(
        "a", "1", "b", "1", "c", "1", "d", "1", "e", "1", "f", "1", "g", "1", "h", "1", "i", "1",
        "j", "1", "k", "1");
    refused("limit.header_count");
  }

  @Test
  void readsAResponse() throws BadMessage {
    fields(":status", "204", "x", "y");
    assertThat(head.checkResponse()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "20", "2000", "2x0", "099", "600", "101"})
  void refusesAStatusThatIsNone(String status) {
    fields(":status", status);
    assertThatThrownBy(head::checkResponse).isInstanceOf(BadMessage.class);
  }

  @Test
  void refusesAResponseWithoutAStatusOrWithAPath() {
    fields("x", "y");
    assertThatThrownBy(head::checkResponse).isInstanceOf(BadMessage.class);
    fields(":status", "200", ":path", "/");
    assertThatThrownBy(head::checkResponse).isInstanceOf(BadMessage.class);
  }

  @Test
  void refusesPseudoHeaderFieldsInTrailers() throws BadMessage {
    fields("grpc-status", "0");
    head.checkTrailers();
    fields(":status", "200", "grpc-status", "0");
    assertThatThrownBy(head::checkTrailers).isInstanceOf(BadMessage.class);
  }

  private void request(String... more) {
    fields(
        ":method",
        "GET",
        ":scheme",
        "https",
        ":path",
        "/a?b=c",
        ":authority",
        "API.example.com:8443");
    add(more);
  }

  private void fields(String... namesAndValues) {
    head.start(new Headers());
    add(namesAndValues);
  }

  private void add(String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      head.field(new AsciiString(namesAndValues[i]), latin1(namesAndValues[i + 1]));
    }
  }

  private static AsciiString latin1(String s) {
    return new AsciiString(s.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), false);
  }

  private void refused(String reason) {
    assertThatThrownBy(head::checkRequest)
        .isInstanceOfSatisfying(BadMessage.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
