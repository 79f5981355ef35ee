package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Header;
import dev.headgate.testkit.http2.Frame;
import dev.headgate.testkit.http2.Http2Client;
import dev.headgate.testkit.http2.Http2Flood;
import dev.headgate.testkit.http2.Http2Response;
import dev.headgate.testkit.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks the rules of HTTP/2: it is refused, and the origin never sees it. */
@OnEveryTransport
class Http2RefusalWireTest {
  @Parameter private Gateways gateways;

  private Http2Relay relay;
  private Http2Client client;

  @BeforeEach
  void start() throws Exception {
    relay =
        Http2Relay.start(
            gateways,
            "{ headerBytes: 8KiB, http2: { streams: 10, resets: 20, controlFrames: 50 } }");
    client = relay.client();
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Upper: x",
        "connection: close",
        "transfer-encoding: chunked",
        "upgrade: h2c",
        "keep-alive: 1",
        "proxy-connection: x",
        "te: gzip",
        "bad name: x",
        ":unknown: x",
        ":status: 200",
        "content-length: 5",
        "content-length: x",
      })
  void resetsAMalformedRequest(String field) throws Exception {
    List<Header> fields = client.request("GET", "/");
    fields.addAll(Header.list(field));
    Http2Stream stream = client.open(fields, true);
    assertThat(stream.awaitReset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
    assertThat(client.get("/hi").status()).isEqualTo(200);
    assertThat(relay.origin().requests()).isEmpty();
  }

  @Test
  void resetsARequestWithoutAPath() throws Exception {
    Http2Stream stream =
        client.open(Header.list(":method: GET", ":scheme: http", ":authority: h"), true);
    assertThat(stream.awaitReset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
  }

  @Test
  void refusesAHostThatIsNotTheAuthority() throws Exception {
    Http2Response response = client.get("/", "host: other");
    assertThat(response.status()).isEqualTo(400);
    assertThat(response.header("content-type")).isEqualTo("application/problem+json");
    assertThat(response.text()).contains("host.mismatch");
    assertThat(client.get("/", ":authority: user@h").status()).isEqualTo(400);
    assertThat(relay.origin().requests()).isEmpty();
  }

  @Test
  void refusesConnect() throws Exception {
    Http2Stream stream = client.open(Header.list(":method: CONNECT", ":authority: h:443"), false);
    assertThat(stream.response().status()).isEqualTo(501);
    assertThat(stream.awaitReset()).isEqualTo(Http2Error.NO_ERROR);
  }

  @Test
  void refusesAHeadThatIsTooLarge() throws Exception {
    Http2Response response = client.get("/", "x-large: " + "x".repeat(8200));
    assertThat(response.status()).isEqualTo(431);
    assertThat(response.text()).contains("limit.header_bytes");
    String[] many = new String[101];
    Arrays.setAll(many, i -> "x" + i + ": y");
    assertThat(client.get("/", many).text()).contains("limit.header_count");
    assertThat(client.get("/" + "x".repeat(9000)).status()).isIn(414, 431);
    assertThat(client.get("/hi").status()).isEqualTo(200);
    assertThat(relay.origin().requests()).isEmpty();
  }

  @Test
  void endsAConnectionThatSendsAHeadFarTooLarge() throws Exception {
    new Http2Flood(client).continuations(10_000, 1000);
    client.connection().awaitGoAway();
    client.connection().awaitEnd();
    assertThat(relay.origin().requests()).isEmpty();
  }

  @Test
  void resetsABodyThatIsNotAsLongAsAnnounced() throws Exception {
    Http2Stream longer = client.open("POST", "/", "content-length: 3");
    longer.send("abcd", true);
    assertThat(longer.awaitReset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
    Http2Stream shorter = client.open("POST", "/", "content-length: 3");
    shorter.send("ab", true);
    assertThat(shorter.awaitReset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
    Http2Stream trailed = client.open("POST", "/", "content-length: 3");
    trailed.send("ab", false);
    trailed.sendTrailers("x: y");
    assertThat(trailed.awaitReset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
    assertThat(client.get("/hi").status()).isEqualTo(200);
    for (var request : relay.origin().requests()) {
      assertThat(request.isComplete()).isFalse();
    }
  }

  @Test
  void resetsTrailersThatDoNotEndTheStreamOrHoldPseudoFields() throws Exception {
    Http2Stream open = client.open("POST", "/");
    open.send("x", false);
    open.sendHeaders(Header.list("x: y"), false);
    assertThat(open.awaitReset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
    Http2Stream pseudo = client.open("POST", "/");
    pseudo.send("x", false);
    pseudo.sendHeaders(Header.list(":path: /"), true);
    assertThat(pseudo.awaitReset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
  }

  @Test
  void refusesStreamsBeyondItsLimit() throws Exception {
    for (int i = 0; i < 10; i++) {
      client.open("POST", "/");
    }
    Http2Stream beyond = client.open("POST", "/");
    assertThat(beyond.awaitReset()).isEqualTo(Http2Error.REFUSED_STREAM);
  }

  @Test
  void endsAConnectionThatResetsRapidly() throws Exception {
    int sent = new Http2Flood(client).rapidResets(10_000);
    assertThat(sent).isLessThan(10_000);
    relay.expectCalmingEnd();
  }

  @Test
  void endsAConnectionThatProvokesResets() throws Exception {
    new Http2Flood(client).provokedResets(10_000);
    relay.expectCalmingEnd();
  }

  @Test
  void endsFloodsOfPings() throws Exception {
    new Http2Flood(client).pings(100_000);
    relay.expectCalmingEnd();
  }

  @Test
  void endsFloodsOfSettings() throws Exception {
    new Http2Flood(client).settings(100_000);
    relay.expectCalmingEnd();
  }

  @Test
  void endsFloodsOfPriorities() throws Exception {
    new Http2Flood(client).priorities(100_000);
    relay.expectCalmingEnd();
  }

  @Test
  void endsFloodsOfWindowUpdates() throws Exception {
    new Http2Flood(client).windowUpdates(100_000);
    relay.expectCalmingEnd();
  }

  @Test
  void endsFloodsOfEmptyData() throws Exception {
    new Http2Flood(client).emptyData(100_000);
    relay.expectCalmingEnd();
  }

  @Test
  void endsFloodsOfEmptyContinuations() throws Exception {
    new Http2Flood(client).emptyContinuations(100_000);
    client.connection().awaitGoAway();
    client.connection().awaitEnd();
  }

  @Test
  void ignoresWhatArrivesAfterItHasStoppedAnUpload() throws Exception {
    for (int i = 0; i < 30; i++) {
      Http2Stream stream = client.open("POST", "/small/");
      stream.send("x".repeat(100), false);
      assertThat(stream.response().status()).isEqualTo(413);
      stream.awaitReset();
      client.connection().write(Frame.data(stream.id(), new byte[10], false));
    }
    assertThat(client.get("/hi").status()).isEqualTo(200);
  }
}
