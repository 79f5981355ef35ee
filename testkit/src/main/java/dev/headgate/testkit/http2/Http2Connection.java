package dev.headgate.testkit.http2;

import dev.headgate.testkit.ProtocolViolation;
import dev.headgate.testkit.Wire;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One end of an HTTP/2 connection: writes any frame, and a thread of its own reads, checks, notes
 * and hands on what comes. It acknowledges SETTINGS and PING and grants the connection's window by
 * itself unless told otherwise; a stream's window is granted as the stream is read. Safe for
 * several threads.
 */
public final class Http2Connection implements AutoCloseable {
  static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  private static final int LOG_CAP = 200_000;

  private final Wire wire;
  private final boolean client;
  private final Duration timeout;
  private final Consumer<Http2Stream> onStream;
  private final ReentrantLock writeLock = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final List<Frame> log = new ArrayList<>();
  private final ConnectionState state;
  private final List<ProtocolViolation> violations = new ArrayList<>();
  private boolean paused;
  private boolean ended;

  Http2Connection(Wire wire, boolean client, Duration timeout, Consumer<Http2Stream> onStream)
      throws IOException {
    this.wire = wire;
    this.client = client;
    this.timeout = timeout;
    this.onStream = onStream;
    this.state = new ConnectionState(this, client);
    wire.timeout(Duration.ZERO);
  }

  /** Starts the reading thread. */
  void start() {
    Thread.ofVirtual().name("http2-" + (client ? "client" : "origin")).start(this::readAll);
  }

  boolean isClient() {
    return client;
  }

  public Wire wire() {
    return wire;
  }

  // ---- writing

  /**
   * Writes the frames as they are, with one flush. Windows and settings in them are accounted for.
   */
  public void write(Frame... frames) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    lock.lock();
    try {
      for (Frame frame : frames) {
        state.written(frame);
        bytes.writeBytes(frame.encode());
      }
    } finally {
      lock.unlock();
    }
    writeRaw(bytes.toByteArray());
  }

  /** Writes bytes that need not be frames at all. */
  public void writeRaw(byte[] bytes) throws IOException {
    writeLock.lock();
    try {
      wire.output().write(bytes);
      wire.output().flush();
    } finally {
      writeLock.unlock();
    }
  }

  void writeHeaders(int streamId, byte[] block, boolean endStream) throws IOException {
    int max = peerMaxFrame();
    int first = Math.min(max, block.length);
    int flags =
        (endStream ? Frame.END_STREAM : 0) | (first == block.length ? Frame.END_HEADERS : 0);
    List<Frame> frames = new ArrayList<>();
    frames.add(Frame.headers(streamId, Arrays.copyOf(block, first), flags));
    for (int at = first; at < block.length; at += max) {
      int to = Math.min(block.length, at + max);
      frames.add(
          Frame.continuation(
              streamId,
              Arrays.copyOfRange(block, at, to),
              to == block.length ? Frame.END_HEADERS : 0));
    }
    write(frames.toArray(Frame[]::new));
  }

  void writeData(Http2Stream stream, byte[] bytes, boolean endStream) throws IOException {
    int at = 0;
    do {
      int count = at == bytes.length ? 0 : awaitWindow(stream, bytes.length - at);
      byte[] part = Arrays.copyOfRange(bytes, at, at + count);
      at += count;
      write(Frame.data(stream.id(), part, endStream && at == bytes.length));
    } while (at < bytes.length);
  }

  private int awaitWindow(Http2Stream stream, int wanted) throws IOException {
    int max = peerMaxFrame();
    return awaiting(
        "a window to send on stream " + stream.id(),
        () -> {
          stream.checkAlive();
          int count = state.takeWindow(stream, Math.min(wanted, max));
          return count == 0 ? null : count;
        });
  }

  private int peerMaxFrame() {
    return locked(() -> state.peerSetting(Setting.MAX_FRAME_SIZE, 16_384));
  }

  /** Registers the stream that a client is about to open. */
  Http2Stream newStream(int streamId) {
    return locked(() -> state.newStream(streamId));
  }

  public void goAway(int lastStreamId, Http2Error error) throws IOException {
    write(Frame.goAway(lastStreamId, error, ""));
  }

  // ---- behaviour

  /** From here on SETTINGS and PING are not acknowledged. */
  public void withholdAcks() {
    lock.lock();
    try {
      state.withholdAcks();
    } finally {
      lock.unlock();
    }
  }

  /** From here on the connection's own window is not granted back. */
  public void withholdConnectionWindow() {
    lock.lock();
    try {
      state.withholdWindow();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Stops reading from the socket after the frame that is being read, until {@link #resumeReading}.
   */
  public void pauseReading() {
    locked(() -> paused = true);
  }

  public void resumeReading() {
    locked(() -> paused = false);
  }

  // ---- reading

  /** Reads until the connection ends. */
  void readAll() {
    try {
      while (true) {
        awaitUnpaused();
        Frame frame = Frame.read(wire.reader());
        if (frame == null) {
          break;
        }
        handle(frame);
      }
    } catch (ProtocolViolation violation) {
      locked(() -> violations.add(violation));
      closeQuietly();
    } catch (IOException closed) {
      // Seen below as the end of the connection.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      locked(() -> ended = true);
    }
  }

  private void closeQuietly() {
    try {
      wire.close();
    } catch (IOException alreadyClosed) {
      // Closing is all that was wanted.
    }
  }

  private void awaitUnpaused() throws InterruptedException {
    lock.lock();
    try {
      while (paused) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private void handle(Frame frame) throws IOException {
    ConnectionState.Reaction reaction;
    lock.lock();
    try {
      if (log.size() < LOG_CAP) {
        log.add(frame.type() == Frame.DATA ? frame.withoutPayload() : frame);
      }
      reaction = state.received(frame);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!reaction.answers().isEmpty()) {
      write(reaction.answers().toArray(Frame[]::new));
    }
    if (reaction.opened() != null) {
      onStream.accept(reaction.opened());
    }
  }

  // ---- waiting and looking

  /** Gives a value once there is one; null means not yet. Called with the lock held. */
  @FunctionalInterface
  interface Attempt<T> {
    @Nullable T tried() throws IOException;
  }

  <T> T awaiting(String what, Attempt<T> attempt) throws IOException {
    long left = timeout.toNanos();
    lock.lock();
    try {
      while (true) {
        T value = attempt.tried();
        if (value != null) {
          return value;
        }
        if (left <= 0) {
          throw new SocketTimeoutException(
              "Not in " + timeout + ": " + what + "; received " + tail() + " " + violations);
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException(interrupted);
    } finally {
      lock.unlock();
    }
  }

  <T extends @Nullable Object> T locked(Supplier<T> action) {
    lock.lock();
    try {
      T result = action.get();
      changed.signalAll();
      return result;
    } finally {
      lock.unlock();
    }
  }

  private List<Frame> tail() {
    return log.subList(Math.max(0, log.size() - 20), log.size());
  }

  boolean hasEnded() {
    return ended;
  }

  /** Every frame received so far, DATA without its payload. */
  public List<Frame> frames() {
    return locked(() -> List.copyOf(log));
  }

  /** The first frame, received already or to come, that fits. */
  public Frame awaitFrame(String what, Predicate<Frame> fits) throws IOException {
    return awaiting(
        what,
        () -> {
          Frame found = log.stream().filter(fits).findFirst().orElse(null);
          if (found == null && ended) {
            throw new EOFException("The connection ended without " + what + "; " + tail());
          }
          return found;
        });
  }

  /** The peer's settings once its first SETTINGS frame is there, by the ids of {@link Setting}. */
  public Map<Integer, Integer> awaitPeerSettings() throws IOException {
    awaitFrame("SETTINGS", frame -> frame.type() == Frame.SETTINGS && !frame.has(Frame.ACK));
    return locked(() -> state.peerSettings());
  }

  /** The first GOAWAY, received already or to come. */
  public Frame awaitGoAway() throws IOException {
    return awaitFrame("GOAWAY", frame -> frame.type() == Frame.GOAWAY);
  }

  /** Sends a PING and waits for its answer: everything sent before has then been read. */
  public void pingAndWait(long data) throws IOException {
    write(Frame.ping(data));
    awaitFrame(
        "a PING's answer",
        frame ->
            frame.type() == Frame.PING
                && frame.has(Frame.ACK)
                && Arrays.equals(frame.payload(), Frame.ping(data).payload()));
  }

  /** Waits until the peer closes the connection, whatever it sends before. */
  public void awaitEnd() throws IOException {
    awaiting("the end of the connection", () -> ended ? Boolean.TRUE : null);
  }

  public boolean isOpen() {
    return locked(() -> !ended);
  }

  /** The most streams that were open at once, at an origin. */
  public int peakStreams() {
    return locked(state::peakStreams);
  }

  /** How the peer broke RFC 9113. */
  public List<ProtocolViolation> violations() {
    return locked(() -> List.copyOf(violations));
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
