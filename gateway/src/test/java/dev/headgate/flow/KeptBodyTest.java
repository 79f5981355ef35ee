package dev.headgate.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bodies that are read before the request goes on: how long they may be, and may take. */
class KeptBodyTest {
  private static final ClientInfo CLIENT =
      new ClientInfo("l", InetAddress.getLoopbackAddress(), "127.0.0.1", 1, true, null, null);

  private final ManualLoop loop = new ManualLoop();
  private final Headers headers = new Headers();
  private final List<String> told = new ArrayList<>();
  private final List<String> client = new ArrayList<>();
  private final Exchange exchange =
      new Exchange(
          CLIENT,
          "HTTP/1.1",
          new Exchange.Head("POST", "a", "a", "/", false),
          headers,
          new Headers(),
          loop.nanos());
  private final List<String> shown = new ArrayList<>();

  /** Writes down what it is shown. */
  private final BodyInspector reader =
      new BodyInspector() {
        @Override
        public @Nullable Failure piece(ByteBuffer piece) {
          shown.add(StandardCharsets.US_ASCII.decode(piece).toString());
          return null;
        }

        @Override
        public @Nullable Failure end() {
          shown.add("end");
          return null;
        }
      };

  /** Writes down what is asked of it. */
  private final class Asked implements ClientStream {
    @Override
    public void informational(int status, Headers fields) {
      client.add(Integer.toString(status));
    }

    @Override
    public void head(int status, Headers fields, boolean end) {
      throw new AssertionError();
    }

    @Override
    public void data(ByteBuf data) {
      throw new AssertionError();
    }

    @Override
    public void end(@Nullable Headers trailers) {
      throw new AssertionError();
    }

    @Override
    public void flush() {
      client.add("flush");
    }

    @Override
    public void abort() {
      throw new AssertionError();
    }

    @Override
    public boolean writable() {
      return true;
    }

    @Override
    public void demand(boolean wanted) {
      client.add(wanted ? "demand" : "pause");
    }

    @Override
    public void tunnel(Headers fields) {
      throw new AssertionError();
    }
  }

  private KeptBody body(boolean none) {
    return new KeptBody(loop, exchange, new Asked(), none);
  }

  private void read(KeptBody body) {
    body.show(
        reader,
        10,
        decided ->
            told.add(
                decided instanceof Decision.Fail(Failure failure, var _)
                    ? failure.status() + " " + failure.reason()
                    : new String(body.copy(), StandardCharsets.US_ASCII)));
  }

  private void piece(KeptBody body, String text) {
    ByteBuf data = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    exchange.addRequestBytes(data.readableBytes());
    body.add(data);
    assertThat(data.refCnt()).isZero();
  }

  @Test
  void piecesMakeAWhole() {
    KeptBody body = body(false);
    read(body);
    piece(body, "0123");
    piece(body, "");
    piece(body, "456789");
    assertThat(told).isEmpty();
    body.end(null);
    assertThat(told).containsExactly("0123456789");
    assertThat(shown).containsExactly("0123", "456789", "end");
    assertThat(client).containsExactly("demand", "pause");
    body.close();
  }

  @Test
  void whoeverReadsItLaterSeesAllOfIt() {
    KeptBody body = body(false);
    read(body);
    piece(body, "0123");
    body.end(null);
    read(body);
    assertThat(told).containsExactly("0123", "0123");
    assertThat(shown).containsExactly("0123", "end", "0123", "end");
    body.close();
  }

  @Test
  void noBodyIsAnEmptyOne() {
    read(body(true));
    assertThat(told).containsExactly("");
    assertThat(client).doesNotContain("demand");
  }

  @Test
  void oneThatIsTooLongIsRefusedAsSoonAsThatIsKnown() {
    KeptBody body = body(false);
    read(body);
    piece(body, "0123456789");
    piece(body, "a");
    assertThat(told).containsExactly("413 body.too_large");
    body.close();
    client.clear();
    headers.add("content-length", "11");
    read(body(false));
    assertThat(told).containsExactly("413 body.too_large", "413 body.too_large");
    assertThat(client).as("it is not asked for").doesNotContain("demand");
  }

  @Test
  void whoWaitsToBeAskedIsAskedOnce() {
    headers.add("expect", "100-continue");
    KeptBody body = body(false);
    read(body);
    assertThat(client).containsExactly("100", "flush", "demand");
    assertThat(headers.has(HeaderName.EXPECT)).as("the upstream need not ask again").isFalse();
    body.close();
  }

  @Test
  void whoSendsItDropByDropIsCutOff() {
    KeptBody body = body(false);
    read(body);
    for (int i = 0; i < 6; i++) {
      piece(body, "a");
      loop.advance(Duration.ofSeconds(4));
    }
    assertThat(told).isEmpty();
    loop.advance(Duration.ofSeconds(7));
    assertThat(told).containsExactly("408 client.body_timeout");
    body.close();
  }

  @Test
  void nobodyIsToldOnceTheRequestHasEnded() {
    KeptBody body = body(false);
    read(body);
    piece(body, "a");
    body.close();
    loop.advance(Duration.ofMinutes(1));
    assertThat(told).isEmpty();
  }
}
