package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Frame;
import dev.headgate.testkit.http2.Hpack;
import dev.headgate.testkit.http2.Http2Client;
import dev.headgate.testkit.http2.Http2Response;
import dev.headgate.testkit.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2Error;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** What a client takes too long for. */
@OnEveryTransport
class Http2TimeoutWireTest {
  @Parameter private Gateways gateways;

  private Http2Relay relay;
  private Http2Client client;

  @BeforeEach
  void start() throws Exception {
    relay = Http2Relay.start(gateways, "{ headerTimeout: 2s, bodyTimeout: 1s, idleTimeout: 3s }");
    client = relay.client();
  }

  @AfterEach
  void stop() throws Exception {
    relay.close();
  }

  @Test
  void endsAHeadThatTricklesIn() throws Exception {
    client.connection().pingAndWait(1);
    byte[] block = Hpack.block(client.request("GET", "/"));
    client.connection().write(Frame.headers(client.reserve().id(), block, Frame.END_STREAM));
    relay.expectCalmingEnd();
  }

  @Test
  void endsAFrameOfAHeadThatTricklesIn() throws Exception {
    client.connection().pingAndWait(1);
    byte[] frame =
        Frame.headers(
                client.reserve().id(),
                Hpack.block(client.request("GET", "/")),
                Frame.END_STREAM | Frame.END_HEADERS)
            .encode();
    client.connection().writeRaw(Arrays.copyOf(frame, 12));
    relay.expectCalmingEnd();
  }

  @Test
  void endsARequestOfWhichTheBodyStopsComing() throws Exception {
    Http2Stream stream = client.open("POST", "/");
    stream.send("x", false);
    Http2Response response = stream.response();
    assertThat(response.status()).isEqualTo(408);
    assertThat(stream.awaitReset()).isEqualTo(Http2Error.NO_ERROR);
    assertThat(client.get("/hi").status()).isEqualTo(200);
  }

  @Test
  void endsAnAnswerThatIsNotRead() throws Exception {
    try (var large = ScriptedOrigin.start(exchange -> exchange.respondPattern(200, 10_000_000));
        var other = gateways.inFrontOf(large.url(), "{ bodyTimeout: 300ms }");
        var slow = other.connectHttp2()) {
      Http2Stream stream = slow.open(slow.request("GET", "/"), true);
      stream.withholdWindow();
      assertThat(stream.awaitReset()).isEqualTo(Http2Error.CANCEL);
    }
  }

  @Test
  void endsAConnectionThatIsNotUsed() throws Exception {
    assertThat(client.get("/hi").status()).isEqualTo(200);
    assertThat(client.connection().awaitGoAway().error()).isEqualTo(Http2Error.NO_ERROR);
    client.connection().awaitEnd();
  }
}
