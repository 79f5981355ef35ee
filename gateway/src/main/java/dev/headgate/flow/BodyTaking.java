package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Takes in the whole body of a request that no upstream gets, for a policy that answers it. The
 * carrier bounds the time between two pieces, this the time for all of them.
 */
@LoopConfined
final class BodyTaking extends Deadline {
  private static final int CONTINUE = 100;

  private final Loop loop;
  private final Exchange exchange;
  private final int most;
  private final Consumer<Failure> fail;
  private final Consumer<byte[]> whole;
  private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

  /**
   * @param most bytes
   * @param fail told if the body is too long, or too slow
   * @param whole told if not; one of the two at most is, and none after {@link #cancel}
   */
  BodyTaking(
      Loop loop, Exchange exchange, int most, Consumer<Failure> fail, Consumer<byte[]> whole) {
    this.loop = loop;
    this.exchange = exchange;
    this.most = most;
    this.fail = fail;
    this.whole = whole;
  }

  /**
   * Asks for the body; perhaps it is there before this returns.
   *
   * @param complete whether there is none
   * @param delivering whether the carrier flushes by itself
   */
  void begin(ClientStream client, boolean complete, boolean delivering) {
    if (complete || exchange.webSocket()) {
      end();
    } else if (BodyInspection.announced(exchange) > most) {
      fail.accept(tooLong());
    } else {
      loop.arm(this, Decisions.PATIENCE_NANOS);
      if (exchange.requestHeaders().has(HeaderName.EXPECT)) {
        client.informational(CONTINUE, new Headers());
        if (!delivering) {
          client.flush();
        }
      }
      client.demand(true);
    }
  }

  /** Takes over a piece, which is counted already. */
  void piece(ByteBuf data) {
    if (exchange.requestBytes() > most) {
      data.release();
      fail.accept(tooLong());
      return;
    }
    taken.writeBytes(ByteBufUtil.getBytes(data));
    data.release();
  }

  private Failure tooLong() {
    return Failure.client(
        Stage.READ, 413, "body.too_large", "a body of more than " + most + " bytes");
  }

  void end() {
    cancel();
    whole.accept(taken.toByteArray());
  }

  @Override
  protected void expired() {
    fail.accept(
        Failure.client(Stage.READ, 408, "client.body_timeout", "the body did not come in time"));
  }

  /** Nobody wants it any more. */
  void cancel() {
    loop.cancel(this);
  }
}
