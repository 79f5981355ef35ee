package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.MessageRules;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows a request's body to those who want to see it, and withholds what would make it complete
 * until they have let it through. Where the length was announced that is the piece with the last
 * byte, as a message of known length is complete with it; elsewhere the end comes by itself.
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

  private BodyInspection(Exchange exchange, Decisions decisions, long length) {
    this.decisions = decisions;
    this.watches = new ArrayList<>(exchange.bodyWatches());
    this.length = length;
  }

  /** Null if nobody wants to see the body. */
  static @Nullable BodyInspection of(Exchange exchange, Decisions decisions) {
    if (exchange.bodyWatches().isEmpty() || exchange.webSocket()) {
      return null;
    }
    return new BodyInspection(exchange, decisions, announced(exchange));
  }

  /** How long the body is; {@link #UNKNOWN} if it was not said. */
  static long announced(Exchange exchange) {
    try {
      return exchange.requestHeaders().has(HeaderName.CONTENT_LENGTH)
          ? MessageRules.contentLength(exchange.requestHeaders())
          : UNKNOWN;
    } catch (BadMessage e) {
      throw new IllegalStateException("a length that was checked before", e);
    }
  }

  /** Shows a piece; says why the request is refused. */
  @Nullable Failure piece(ByteBuf data) {
    seen += data.readableBytes();
    for (int i = 0; i < watches.size(); i++) {
      Exchange.BodyWatch watch = watches.get(i);
      Failure failure = null;
      for (ByteBuffer part : data.nioBuffers()) {
        failure = failure != null ? failure : shown(watch, part);
      }
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

  /** An inspector that breaks refuses the request: it fails safe. */
  static @Nullable Failure guarded(Supplier<@Nullable Failure> look) {
    try {
      return look.get();
    } catch (RuntimeException e) {
      LOG.error("a policy failed to inspect a body", e);
      return Failure.gateway(
          Stage.FORWARD, 500, "policy.failed", "a policy failed to inspect the body: " + e);
    }
  }

  /** Says why the request is refused now that its body is whole. */
  @Nullable Failure end() {
    for (Exchange.BodyWatch watch : watches) {
      Failure failure = guarded(watch.inspector()::end);
      Failure counts = failure == null ? null : decisions.refused(watch.owner(), failure);
      if (counts != null) {
        return counts;
      }
    }
    return null;
  }

  /** Keeps back a piece that would make the request complete. */
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
