package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.AnswerInspector;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.MessageRules;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a body to those who want to see it, a request's or an answer's, and withholds what would
 * make it complete until they have let it through. Where the length was announced that is the piece
 * with the last byte, as a message of known length is complete with it; elsewhere the end comes by
 * itself.
 */
@LoopConfined
final class BodyInspection {
  private static final Logger LOG = LoggerFactory.getLogger(BodyInspection.class);
  static final long UNKNOWN = -1;

  private final Decisions decisions;
  private final List<Exchange.BodyWatch> watches;
  private final long length;
  private long seen;
  private @Nullable ByteBuf withheld;

  private BodyInspection(List<Exchange.BodyWatch> watches, Decisions decisions, long length) {
    this.decisions = decisions;
    this.watches = watches;
    this.length = length;
  }

  /** Of a request; null if nobody wants to see the body. */
  static @Nullable BodyInspection of(Exchange exchange, Decisions decisions) {
    if (exchange.bodyWatches().isEmpty() || exchange.webSocket()) {
      return null;
    }
    return new BodyInspection(
        new ArrayList<>(exchange.bodyWatches()), decisions, announced(exchange.requestHeaders()));
  }

  /** Of an answer, which somebody wants to see. */
  static BodyInspection ofAnswer(Exchange exchange, Decisions decisions, Headers headers) {
    List<Exchange.BodyWatch> watches = new ArrayList<>();
    for (Exchange.AnswerWatch watch : exchange.answerWatches()) {
      watches.add(new Exchange.BodyWatch(watch.owner(), watch.inspector()));
    }
    return new BodyInspection(watches, decisions, announced(headers));
  }

  /** Shows the head of an answer; says why it is refused. */
  @Nullable Failure head(int status, Headers headers) {
    return shown(watch ->
        watch.inspector() instanceof AnswerInspector answers
            ? guarded(() -> answers.head(status, headers))
            : null);
  }

  /** How long the body is; {@link #UNKNOWN} if it was not said. */
  static long announced(Headers headers) {
    try {
      return headers.has(HeaderName.CONTENT_LENGTH) ? MessageRules.contentLength(headers) : UNKNOWN;
    } catch (BadMessage e) {
      throw new IllegalStateException("a length that was checked before", e);
    }
  }

  /** Shows a piece; says why the message is refused. */
  @Nullable Failure piece(ByteBuf data) {
    seen += data.readableBytes();
    ByteBuffer[] parts = data.nioBuffers();
    return shown(watch -> {
      Failure failure = null;
      for (int i = 0; i < parts.length && failure == null; i++) {
        failure = shown(watch, parts[i]);
      }
      return failure;
    });
  }

  private @Nullable Failure shown(Function<Exchange.BodyWatch, @Nullable Failure> look) {
    for (int i = 0; i < watches.size(); i++) {
      Exchange.BodyWatch watch = watches.get(i);
      Failure failure = look.apply(watch);
      if (failure != null) {
        Failure counts = decisions.refused(watch.owner(), failure);
        if (counts != null) {
          return counts;
        }
        watches.remove(i--); // In report mode it has said what it had to say.
      }
    }
    return null;
  }

  private static @Nullable Failure shown(Exchange.BodyWatch watch, ByteBuffer part) {
    return part.hasRemaining()
        ? guarded(() -> watch.inspector().piece(part.asReadOnlyBuffer()))
        : null;
  }

  /** An inspector that breaks refuses the message: it fails safe. */
  static @Nullable Failure guarded(Supplier<@Nullable Failure> look) {
    try {
      return look.get();
    } catch (RuntimeException e) {
      LOG.error("a policy failed to inspect a body", e);
      return Failure.gateway(
          Stage.FORWARD, 500, "policy.failed", "a policy failed to inspect the body: " + e);
    }
  }

  /** Says why the message is refused now that its body is whole. */
  @Nullable Failure end() {
    return shown(watch -> guarded(watch.inspector()::end));
  }

  /** Keeps back a piece that would make the message complete. */
  boolean withholds(ByteBuf data) {
    if (seen != length || !data.isReadable()) {
      return false;
    }
    withheld = data;
    return true;
  }

  /** What was kept back, now the taker's; null if nothing was. */
  @Nullable ByteBuf release() {
    ByteBuf last = withheld;
    withheld = null;
    return last;
  }

  /** The request has ended. */
  void close() {
    ByteBuf last = release();
    if (last != null) {
      last.release();
    }
  }
}
