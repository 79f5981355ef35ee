package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Dial;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Origin;
import io.netty.handler.codec.http2.Http2Error;
import java.io.OutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Ends of connections, which the transports tell in different orders. */
@OnEveryTransport
class TransportWireTest {
  @Parameter private Gateways gateways;

  @Test
  void passesAnAnswerAfterWhichTheOriginCloses() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respond(404, "none", "Connection: close");
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connect()) {
      for (int i = 0; i < 10; i++) {
        assertThat(client.get("/" + i).text()).isEqualTo("none");
      }
    }
  }

  /** The origin's reset must not overtake the answer that came before it. */
  @Test
  void passesAnAnswerToABodyThatTheOriginDoesNotRead() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respond(413, "too much", "Connection: close");
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url())) {
      for (int i = 0; i < 100; i++) {
        try (var client = gateway.connect()) {
          post(client, 10_000 + i * 3_000);
          assertThat(client.readResponse().text()).as("answer " + i).isEqualTo("too much");
        }
      }
      try (var client = gateway.connect()) {
        post(client, 32 << 20);
        assertThat(client.readResponse().text()).isEqualTo("too much");
      }
    }
  }

  @Test
  void passesAnAnswerInPiecesToABodyThatTheOriginDoesNotRead() throws Exception {
    String piece = "p".repeat(5_000);
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respondHead(200, "Content-Length: 40000", "Connection: close");
              for (int i = 0; i < 8; i++) {
                exchange.send(piece);
              }
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url())) {
      for (int i = 0; i < 100; i++) {
        try (var client = gateway.connect()) {
          post(client, 10_000 + i * 3_000);
          String answer = client.readResponse().text();
          assertThat(answer.equals(piece.repeat(8))).as("answer " + i + " is whole").isTrue();
        }
      }
    }
  }

  @Test
  void passesAnHttp2AnswerToABodyThatTheOriginDoesNotRead() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              exchange.connection().pauseReading();
              exchange.connection().goAway(exchange.stream().id(), Http2Error.NO_ERROR);
              exchange.respondHead(413);
              exchange.data("too much");
              exchange.end();
              exchange.connection().close();
            });
        var gateway = gateways.inFrontOfHttp2(origin.url())) {
      for (int i = 0; i < 100; i++) {
        try (var client = gateway.connect()) {
          post(client, 10_000 + i * 3_000);
          assertThat(client.readResponse().text()).as("answer " + i).isEqualTo("too much");
        }
      }
    }
  }

  /** The end of the origin's connection must not overtake what a slow client has yet to take. */
  @Test
  void passesAllOfAnAnswerToAClientThatReadsLate() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respondPattern(200, 4 << 20, "Connection: close");
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url())) {
      for (int i = 0; i < 5; i++) {
        try (var client = RawClient.connect(Dial.port(gateway.port()).receiveBuffer(4096))) {
          client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
          assertThat(client.body(client.readHead()).transferTo(OutputStream.nullOutputStream()))
              .as("answer " + i)
              .isEqualTo(4 << 20);
        }
      }
    }
  }

  private static void post(RawClient client, int length) throws Exception {
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n");
    client.send(new byte[length]);
  }
}
