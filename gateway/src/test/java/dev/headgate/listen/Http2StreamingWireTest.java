package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Pattern;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Origin;
import dev.headgate.testkit.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Bodies that are larger than all buffers together, and ends that come out of turn. */
@OnEveryTransport
class Http2StreamingWireTest {
  @Parameter private Gateways gateways;

  private static final long LARGE = 64L << 20;

  /** More than all buffers between two ends may take up. */
  private static final long BUFFERS = 16L << 20;

  @Test
  void carriesALargeAnswer() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respondPattern(200, LARGE));
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open(client.request("GET", "/"), true);
      stream.awaitHeaders();
      assertThat(Pattern.check(stream.body())).isEqualTo(LARGE);
    }
  }

  @Test
  void carriesALargeUpload() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              assertThat(Pattern.check(exchange.body())).isEqualTo(LARGE);
              exchange.respond(200, "ok");
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/");
      Pattern.writeTo(stream.output(), LARGE);
      stream.send("", true);
      assertThat(stream.response().text()).isEqualTo("ok");
    }
  }

  @Test
  void carriesLargeBodiesBothWaysOverHttp2AllTheWay() throws Exception {
    try (var origin =
            Http2Origin.start(exchange -> {
              assertThat(Pattern.check(exchange.body())).isEqualTo(LARGE);
              exchange.respondHead(200);
              Pattern.writeTo(exchange.output(), LARGE);
              exchange.end();
            });
        var gateway = gateways.inFrontOfHttp2(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/");
      Pattern.writeTo(stream.output(), LARGE);
      stream.send("", true);
      stream.awaitHeaders();
      assertThat(Pattern.check(stream.body())).isEqualTo(LARGE);
    }
  }

  @Test
  void slowsAnOriginThatIsFasterThanItsClient() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.respondHead(200, "Content-Length: " + (1L << 40));
              var stalled = exchange.sendUntilStalled(BUFFERS * 4);
              assertThat(stalled.bytes()).isLessThan(BUFFERS);
              exchange.close();
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open(client.request("GET", "/"), true);
      stream.withholdWindow();
      stream.awaitHeaders();
      origin.awaitRequest(1);
      origin.awaitOpenConnections(0);
      // Other streams of the connection were not held up.
      assertThat(client.get("/hi").text()).isEqualTo("hi");
    }
  }

  @Test
  void slowsAClientThatIsFasterThanItsOrigin() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              release.await();
              assertThat(Pattern.check(exchange.body())).isEqualTo(LARGE);
              exchange.respond(200, "ok");
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", "/");
      Thread uploading =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  Pattern.writeTo(stream.output(), LARGE);
                  stream.send("", true);
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      origin.awaitRequest(1);
      // Others are served meanwhile.
      assertThat(client.get("/hi").text()).isEqualTo("hi");
      release.countDown();
      assertThat(stream.response().text()).isEqualTo("ok");
      uploading.join();
    }
  }

  @Test
  void givesUpWhatAClientHasReset() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.awaitClosed();
              gone.countDown();
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open(client.request("GET", "/"), true);
      origin.awaitRequest(1);
      stream.reset(Http2Error.CANCEL);
      gone.await();
      assertThat(client.get("/hi").text()).isEqualTo("hi");
    }
  }

  @Test
  void givesUpWhatAClientHasLeft() throws Exception {
    CountDownLatch gone = new CountDownLatch(2);
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.awaitClosed();
              gone.countDown();
            });
        var gateway = gateways.inFrontOf(origin.url())) {
      try (var client = gateway.connectHttp2()) {
        client.open(client.request("GET", "/"), true);
        client.open(client.request("GET", "/"), true);
        origin.awaitRequest(2);
      }
      gone.await();
    }
  }

  @Test
  void deliversEventsAsTheyCome() throws Exception {
    var steps = new SynchronousQueue<String>();
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              exchange.startChunked(200, "Content-Type: text/event-stream");
              for (String event = steps.take(); !event.equals("end"); event = steps.take()) {
                exchange.chunk(event);
              }
              exchange.endChunks();
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open(client.request("GET", "/"), true);
      stream.awaitHeaders();
      for (int i = 0; i < 5; i++) {
        steps.put("event " + i);
        assertThat(new String(Objects.requireNonNull(stream.readData()))).isEqualTo("event " + i);
      }
      steps.put("end");
      assertThat(stream.readData()).isNull();
    }
  }
}
