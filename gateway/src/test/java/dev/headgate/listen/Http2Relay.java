package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Client;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;

/**
 * An HTTP/2 client, a gateway and an origin behind it that answers everything: for tests about what
 * lies between client and gateway.
 */
record Http2Relay(ScriptedOrigin origin, GatewayUnderTest gateway, Http2Client client)
    implements AutoCloseable {

  /**
   * @param limits the listener's, as in the configuration
   */
  static Http2Relay start(Gateways gateways, String limits) throws IOException {
    ScriptedOrigin origin =
        ScriptedOrigin.start(exchange -> {
          exchange.readBody();
          exchange.respond(200, "x");
        });
    GatewayUnderTest gateway = gateways.inFrontOf(origin.url(), limits);
    return new Http2Relay(origin, gateway, gateway.connectHttp2());
  }

  /** The gateway ends the connection because the client asks too much of it. */
  void expectCalmingEnd() throws Exception {
    assertThat(client.connection().awaitGoAway().error()).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
    client.connection().awaitEnd();
  }

  @Override
  public void close() throws IOException {
    try {
      client.close();
    } finally {
      gateway.close();
      origin.close();
    }
  }
}
