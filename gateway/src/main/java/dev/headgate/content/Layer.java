package dev.headgate.content;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * One coding of a body, undone piece by piece: what comes out goes on at once, in parts of at most
 * {@link #PART} bytes, so that what is kept does not depend on what arrives.
 *
 * <p>A gzip body may have several members one after the other (RFC 1952 section 2.2). Receivers
 * that only read the first get a beginning of what was looked at here. Anything else after the end
 * is refused.
 */
@LoopConfined
final class Layer implements AutoCloseable {
  /** The most bytes that go on at once. */
  static final int PART = 8192;

  private static final int TRAILER = 8;

  private enum State {
    HEADER,
    DATA,
    TRAILER,
    ENDED
  }

  /** Where the bytes go that come out. */
  interface Sink {
    /** Says why the body is refused; null to go on. */
    @Nullable Failure part(ByteBuffer part);
  }

  private final Coding coding;
  private final InflationLimits limits;
  private final byte[] scratch;
  private final Sink sink;
  private final Inflater inflater;
  private final GzipHeader header = new GzipHeader();
  private final CRC32 crc = new CRC32();
  private State state;
  private long inflated;
  private int trailerAt;
  private long trailer;
  private boolean any;

  /**
   * @param scratch of {@link #PART} bytes, of which nothing is kept between calls; nobody else may
   *     use it while the sink is told
   */
  Layer(Coding coding, InflationLimits limits, byte[] scratch, Sink sink) {
    this.coding = coding;
    this.limits = limits;
    this.scratch = scratch;
    this.sink = sink;
    this.inflater = new Inflater(coding == Coding.GZIP);
    this.state = begin();
  }

  private State begin() {
    return coding == Coding.GZIP ? State.HEADER : State.DATA;
  }

  /**
   * Takes a piece.
   *
   * @param wire how many bytes of the whole body have come, as they came
   */
  @Nullable Failure put(ByteBuffer piece, long wire) {
    while (piece.hasRemaining()) {
      any = true;
      Failure failure =
          switch (state) {
            case HEADER -> header(piece.get() & 0xff);
            case DATA -> data(piece, wire);
            case TRAILER -> trailer(piece.get() & 0xff);
            case ENDED -> malformed("bytes after the end");
          };
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  private @Nullable Failure header(int value) {
    return switch (header.put(value)) {
      case MORE -> null;
      case DONE -> {
        state = State.DATA;
        yield null;
      }
      case MALFORMED -> malformed("no gzip member");
    };
  }

  private @Nullable Failure data(ByteBuffer piece, long wire) {
    inflater.setInput(piece);
    while (true) {
      int count;
      try {
        count = inflater.inflate(scratch, 0, PART);
      } catch (DataFormatException e) {
        return malformed("not deflated");
      }
      if (count > 0) {
        crc.update(scratch, 0, count);
        inflated += count;
        Failure failure = limits.refusal(inflated, wire);
        failure = failure == null ? sink.part(ByteBuffer.wrap(scratch, 0, count)) : failure;
        if (failure != null) {
          return failure;
        }
      } else if (inflater.finished()) {
        state = coding == Coding.GZIP ? State.TRAILER : State.ENDED;
        return null;
      } else if (inflater.needsDictionary()) {
        return malformed("a preset dictionary");
      } else {
        return piece.hasRemaining() ? malformed("not deflated") : null;
      }
    }
  }

  private @Nullable Failure trailer(int value) {
    trailer |= (long) value << (8 * trailerAt);
    if (++trailerAt < TRAILER) {
      return null;
    }
    long expected = crc.getValue() | (inflater.getBytesWritten() << 32);
    if (trailer != expected) {
      return malformed("another checksum or length than the trailer says");
    }
    trailer = 0;
    trailerAt = 0;
    crc.reset();
    inflater.reset();
    header.reset();
    state = State.HEADER;
    return null;
  }

  /** Nothing more comes; an empty body needs no coding. */
  @Nullable Failure end() {
    boolean whole =
        switch (state) {
          case HEADER -> header.untouched();
          case ENDED -> true;
          case DATA, TRAILER -> false;
        };
    return whole || !any ? null : malformed("it ends too early");
  }

  private Failure malformed(String why) {
    return limits.failure(400, "encoding.malformed", "its content coding is malformed: " + why);
  }

  /** Gives the inflater's memory back. */
  @Override
  public void close() {
    inflater.end();
  }
}
