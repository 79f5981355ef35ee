package dev.headgate.mirror;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.content.ContentType;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds the bodies of two answers to the same request, and compares them field by field on another
 * thread once both are there. Bodies that are too long, no JSON, compressed, or cut off are not
 * compared, and counted.
 */
@LoopConfined
final class AnswerComparison {
  /** Of each body. */
  static final int LONGEST = 64 << 10;

  private static final HeaderName CONTENT_ENCODING = HeaderName.of("content-encoding");

  private final Mirrors mirrors;
  private final RequestCopy copy;
  private final ByteArrayOutputStream own = new ByteArrayOutputStream();
  private final ByteArrayOutputStream other = new ByteArrayOutputStream();
  private boolean ownWhole;
  private boolean otherWhole;
  private boolean over;

  AnswerComparison(Mirrors mirrors, RequestCopy copy) {
    this.mirrors = mirrors;
    this.copy = copy;
  }

  /** Whether the body of an answer can be compared at all. */
  static boolean takes(Headers answer) {
    ContentType type = ContentType.of(answer);
    return type != null
        && (type.essence().equals("application/json") || type.essence().endsWith("+json"))
        && type.isUtf8()
        && !answer.has(CONTENT_ENCODING);
  }

  /** A piece of the answer of the route's own upstream; the buffer stays as it is. */
  void own(ByteBuf piece) {
    hold(own, piece);
  }

  /** A piece of the answer to the copy; the buffer stays as it is. */
  void other(ByteBuf piece) {
    hold(other, piece);
  }

  private void hold(ByteArrayOutputStream body, ByteBuf piece) {
    int length = piece.readableBytes();
    if (over || length == 0) {
      return;
    }
    if (body.size() + length > LONGEST || !mirrors.hold(length)) {
      giveUp();
      return;
    }
    try {
      piece.getBytes(piece.readerIndex(), body, length);
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes everything", e);
    }
  }

  /** The answer of the route's own upstream has come whole. */
  void ownWhole() {
    ownWhole = true;
    compareIfBoth();
  }

  /** The answer to the copy has come whole. */
  void otherWhole() {
    otherWhole = true;
    compareIfBoth();
  }

  boolean isOtherWhole() {
    return otherWhole;
  }

  /** There is nothing to compare. */
  void giveUp() {
    end(Bodies.NOT_COMPARED);
  }

  private void compareIfBoth() {
    if (over || !ownWhole || !otherWhole) {
      return;
    }
    byte[] one = own.toByteArray();
    byte[] two = other.toByteArray();
    List<String> ignored = copy.rules().ignore();
    boolean taken =
        mirrors
            .loop()
            .offload()
            .run(
                () -> new Difference(JsonDifference.between(one, two, ignored)),
                (difference, _) -> compared(difference));
    if (!taken) {
      giveUp();
    }
  }

  /**
   * @param places where they differ; null if one is no JSON
   */
  private record Difference(@Nullable List<String> places) {}

  private void compared(@Nullable Difference difference) {
    List<String> places = difference == null ? null : difference.places();
    if (places != null && !places.isEmpty()) {
      mirrors.differs(copy, places);
    }
    end(places == null ? Bodies.NOT_COMPARED : places.isEmpty() ? Bodies.SAME : Bodies.DIFFERENT);
  }

  private void end(Bodies outcome) {
    if (!over) {
      over = true;
      mirrors.compared(copy.route(), outcome, (long) own.size() + other.size());
      own.reset();
      other.reset();
    }
  }
}
