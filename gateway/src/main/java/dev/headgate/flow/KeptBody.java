package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is read of a request's body before the request can go on, because policies decide by it. Its
 * bytes lie in one buffer, however small the pieces were in which they came: a piece may keep many
 * times its size in memory.
 *
 * <p>The carrier bounds the time between two pieces; as a deadline this bounds the time for all of
 * them, so that a client cannot make others wait for memory by sending one byte after the other.
 */
@LoopConfined
final class KeptBody extends Deadline {
  private static final int CONTINUE = 100;
  private static final byte[] NOTHING = {};

  private final Loop loop;
  private final Exchange exchange;
  private final ClientStream client;
  private @Nullable ByteBuf bytes;
  private boolean whole;
  private @Nullable Headers trailers;
  private @Nullable BodyInspector reader;
  private @Nullable Consumer<Decision> waiting;
  private long most;

  /**
   * @param whole whether nothing comes
   */
  KeptBody(Loop loop, Exchange exchange, ClientStream client, boolean whole) {
    this.loop = loop;
    this.exchange = exchange;
    this.client = client;
    this.whole = whole;
  }

  /**
   * Shows the body to a policy, what is there and what comes.
   *
   * @param longest how many bytes it may have
   * @param then told once what the policy has decided, perhaps before this returns
   */
  void show(BodyInspector inspector, long longest, Consumer<Decision> then) {
    reader = inspector;
    most = longest;
    waiting = then;
    if (!whole && BodyInspection.announced(exchange.requestHeaders()) > most) {
      tell(tooLong());
    } else if (bytes != null) {
      show(bytes, 0);
    }
    if (whole) {
      finish();
    } else if (reader != null) {
      demand();
    }
  }

  private void demand() {
    loop.arm(this, Decisions.PATIENCE_NANOS);
    if (exchange.requestHeaders().has(HeaderName.EXPECT)) {
      exchange.requestHeaders().remove(HeaderName.EXPECT);
      client.informational(CONTINUE, new Headers());
      client.flush();
    }
    client.demand(true);
  }

  /** A further piece; takes over the buffer. */
  void add(ByteBuf piece) {
    ByteBuf all = bytes;
    if (all == null) {
      all = piece.alloc().buffer(piece.readableBytes());
      bytes = all;
    }
    int before = all.writerIndex();
    all.writeBytes(piece);
    piece.release();
    show(all, before);
  }

  /** Nothing more comes. */
  void end(@Nullable Headers last) {
    whole = true;
    trailers = last;
    finish();
  }

  private void show(ByteBuf all, int from) {
    BodyInspector shownTo = reader;
    if (shownTo == null) {
      return;
    }
    Failure failure = null;
    if (all.readableBytes() > most) {
      failure = tooLong();
    } else if (all.writerIndex() > from) {
      ByteBuffer shown = all.nioBuffer(from, all.writerIndex() - from).asReadOnlyBuffer();
      failure = BodyInspection.guarded(() -> shownTo.piece(shown));
    }
    if (failure != null) {
      tell(failure);
    }
  }

  private Failure tooLong() {
    return Failure.client(
        Stage.READ,
        413,
        "body.too_large",
        "a body of more than " + most + " bytes, by which a policy decides");
  }

  private void finish() {
    BodyInspector shownTo = reader;
    if (shownTo != null) {
      tell(BodyInspection.guarded(shownTo::end));
    }
  }

  @Override
  protected void expired() {
    tell(Failure.client(Stage.READ, 408, "client.body_timeout", "the body did not come in time"));
  }

  private void tell(@Nullable Failure failure) {
    Consumer<Decision> then = waiting;
    letGo();
    if (then != null) {
      client.demand(false);
      then.accept(failure == null ? Decision.CONTINUE : Decision.fail(failure));
    }
  }

  private void letGo() {
    loop.cancel(this);
    reader = null;
    waiting = null;
  }

  /** A copy of the bytes. */
  byte[] copy() {
    return bytes == null ? NOTHING : ByteBufUtil.getBytes(bytes);
  }

  /** The bytes, now the taker's; null if there are none. */
  @Nullable ByteBuf take() {
    ByteBuf all = bytes;
    bytes = null;
    return all;
  }

  /** Whether nothing more comes. */
  boolean whole() {
    return whole;
  }

  @Nullable Headers trailers() {
    return trailers;
  }

  /** The request has ended. */
  void close() {
    letGo();
    ByteBuf all = take();
    if (all != null) {
      all.release();
    }
  }
}
