package dev.headgate.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Bodies that a policy answers: how long they may be, and how long they may take. */
class BodyTakingTest {
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
  private final BodyTaking taking =
      new BodyTaking(
          loop,
          exchange,
          10,
          failure -> told.add(failure.status() + " " + failure.reason()),
          body -> told.add(new String(body, StandardCharsets.US_ASCII)));

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

  private void piece(String text) {
    ByteBuf data = Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    exchange.addRequestBytes(data.readableBytes());
    taking.piece(data);
    assertThat(data.refCnt()).isZero();
  }

  @Test
  void piecesMakeAWhole() {
    taking.begin(new Asked(), false, true);
    piece("0123");
    piece("");
    piece("456789");
    assertThat(told).isEmpty();
    taking.end();
    assertThat(told).containsExactly("0123456789");
    assertThat(client).containsExactly("demand");
  }

  @Test
  void noBodyIsAnEmptyOne() {
    taking.begin(new Asked(), true, true);
    assertThat(told).containsExactly("");
    assertThat(client).isEmpty();
  }

  @Test
  void oneThatIsTooLongIsRefusedAsSoonAsThatIsKnown() {
    taking.begin(new Asked(), false, true);
    piece("0123456789");
    piece("a");
    assertThat(told).containsExactly("413 body.too_large");
    headers.add("content-length", "11");
    taking.begin(new Asked(), false, true);
    assertThat(told).containsExactly("413 body.too_large", "413 body.too_large");
    assertThat(client).as("it is not asked for").containsExactly("demand");
  }

  @Test
  void whoWaitsToBeAskedIsAsked() {
    headers.add("expect", "100-continue");
    taking.begin(new Asked(), false, true);
    assertThat(client).containsExactly("100", "demand");
    client.clear();
    taking.begin(new Asked(), false, false);
    assertThat(client).containsExactly("100", "flush", "demand");
  }

  @Test
  void whoSendsItDropByDropIsCutOff() {
    taking.begin(new Asked(), false, true);
    for (int i = 0; i < 6; i++) {
      piece("a");
      loop.advance(Duration.ofSeconds(4));
    }
    assertThat(told).isEmpty();
    loop.advance(Duration.ofSeconds(7));
    assertThat(told).containsExactly("408 client.body_timeout");
  }

  @Test
  void nobodyIsToldOnceItIsCalledOff() {
    taking.begin(new Asked(), false, true);
    piece("a");
    taking.cancel();
    loop.advance(Duration.ofMinutes(1));
    assertThat(told).isEmpty();
  }
}
