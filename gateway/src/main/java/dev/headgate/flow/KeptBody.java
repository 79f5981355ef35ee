package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What was read of a request's body before the request could go on, because policies decide by it.
 * Its bytes lie in one buffer, however small the pieces were in which they came: a piece may keep
 * many times its size in memory.
 */
@LoopConfined
final class KeptBody {
  private @Nullable ByteBuf bytes;
  private boolean whole;
  private @Nullable Headers trailers;
  private Decision.@Nullable AwaitBody reading;
  private @Nullable Consumer<Decision> waiting;

  /**
   * Shows the body to a policy, what is there and what comes.
   *
   * @param then told once what the policy has decided, perhaps before this returns
   */
  void show(Decision.AwaitBody reader, Consumer<Decision> then) {
    reading = reader;
    waiting = then;
    if (bytes != null) {
      show(bytes, 0);
    }
    finish();
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
    Decision.AwaitBody reader = reading;
    if (reader == null) {
      return;
    }
    Failure failure = null;
    if (all.readableBytes() > reader.most()) {
      failure =
          Failure.client(
              Stage.READ,
              413,
              "body.too_large",
              "a body of more than " + reader.most() + " bytes, by which a policy decides");
    } else if (all.writerIndex() > from) {
      ByteBuffer shown = all.nioBuffer(from, all.writerIndex() - from).asReadOnlyBuffer();
      failure = BodyInspection.guarded(() -> reader.reader().piece(shown));
    }
    if (failure != null) {
      tell(Decision.fail(failure));
    }
  }

  private void finish() {
    Decision.AwaitBody reader = reading;
    if (whole && reader != null) {
      Failure failure = BodyInspection.guarded(reader.reader()::end);
      tell(failure == null ? Decision.CONTINUE : Decision.fail(failure));
    }
  }

  private void tell(Decision decision) {
    Consumer<Decision> then = waiting;
    reading = null;
    waiting = null;
    if (then != null) {
      then.accept(decision);
    }
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
    reading = null;
    waiting = null;
    ByteBuf all = take();
    if (all != null) {
      all.release();
    }
  }
}
