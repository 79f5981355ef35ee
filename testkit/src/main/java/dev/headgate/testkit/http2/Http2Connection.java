package dev.headgate.testkit.http2;

import dev.headgate.testkit.Header;
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
import java.util.HashMap;
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
  private static final int INITIAL_WINDOW = 65_535;

  private final Wire wire;
  private final boolean client;
  private final Duration timeout;
  private final Consumer<Http2Stream> onStream;
  private final ReentrantLock writeLock = new ReentrantLock();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final Map<Integer, Http2Stream> streams = new HashMap<>();
  private final List<Frame> log = new ArrayList<>();
  private final Map<Integer, Integer> peerSettings = new HashMap<>();
  private final List<ProtocolViolation> violations = new ArrayList<>();
  private final Hpack hpack = new Hpack();
  private @Nullable Frame pendingHeaders;
  private final ByteArrayOutputStream pendingBlock = new ByteArrayOutputStream();
  private long sendWindow = INITIAL_WINDOW;
  private long receiveWindow = INITIAL_WINDOW;
  private int ownInitialWindow = INITIAL_WINDOW;
  private int ownMaxStreams = Integer.MAX_VALUE;
  private int highestStream;
  private int peakStreams;
  private boolean acknowledging = true;
  private boolean granting = true;
  private boolean paused;
  private boolean ended;

  Http2Connection(Wire wire, boolean client, Duration timeout, Consumer<Http2Stream> onStream)
      throws IOException {
    this.wire = wire;
    this.client = client;
    this.timeout = timeout;
    this.onStream = onStream;
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
    for (Frame frame : frames) {
      account(frame);
      bytes.writeBytes(frame.encode());
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

  private void account(Frame frame) throws IOException {
    lock.lock();
    try {
      switch (frame.type()) {
        case Frame.HEADERS -> highestStream = Math.max(highestStream, frame.streamId());
        case Frame.WINDOW_UPDATE -> granted(frame);
        case Frame.SETTINGS -> {
          Map<Integer, Integer> own = frame.settingValues();
          Integer window = own.get(Setting.INITIAL_WINDOW_SIZE);
          if (window != null) {
            int more = window - ownInitialWindow;
            streams.values().forEach(stream -> stream.receiveWindow += Math.max(0, more));
            ownInitialWindow = window;
          }
          ownMaxStreams = own.getOrDefault(Setting.MAX_CONCURRENT_STREAMS, ownMaxStreams);
        }
        default -> {}
      }
    } finally {
      lock.unlock();
    }
  }

  private void granted(Frame frame) throws IOException {
    if (frame.length() != 4) {
      return;
    }
    Http2Stream stream = streams.get(frame.streamId());
    if (frame.streamId() == 0) {
      receiveWindow += frame.increment();
    } else if (stream != null) {
      stream.receiveWindow += frame.increment();
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
          long window = Math.min(Math.min(sendWindow, stream.sendWindow), Math.min(wanted, max));
          if (window <= 0) {
            return null;
          }
          sendWindow -= window;
          stream.sendWindow -= window;
          return (int) window;
        });
  }

  private int peerMaxFrame() {
    return locked(() -> peerSettings.getOrDefault(Setting.MAX_FRAME_SIZE, 16_384));
  }

  /** Registers the stream that a client is about to open. */
  Http2Stream newStream(int streamId) {
    return locked(() -> {
      Http2Stream stream = stream(streamId);
      streams.put(streamId, stream);
      highestStream = Math.max(highestStream, streamId);
      return stream;
    });
  }

  private Http2Stream stream(int streamId) {
    int window = peerSettings.getOrDefault(Setting.INITIAL_WINDOW_SIZE, INITIAL_WINDOW);
    return new Http2Stream(this, streamId, window, ownInitialWindow);
  }

  public void goAway(int lastStreamId, Http2Error error) throws IOException {
    write(Frame.goAway(lastStreamId, error, ""));
  }

  // ---- behaviour

  /** From here on SETTINGS and PING are not acknowledged. */
  public void withholdAcks() {
    locked(() -> acknowledging = false);
  }

  /** From here on the connection's own window is not granted back. */
  public void withholdConnectionWindow() {
    locked(() -> granting = false);
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
    List<Frame> answers = new ArrayList<>();
    Http2Stream opened = null;
    lock.lock();
    try {
      if (log.size() < LOG_CAP) {
        log.add(frame.type() == Frame.DATA ? frame.withoutPayload() : frame);
      }
      if (pendingHeaders != null && frame.type() != Frame.CONTINUATION) {
        throw new ProtocolViolation(frame + " inside a header block");
      }
      switch (frame.type()) {
        case Frame.DATA -> data(frame, answers);
        case Frame.HEADERS -> {
          pendingHeaders = frame;
          pendingBlock.reset();
          pendingBlock.writeBytes(frame.content());
          opened = headersEnd(frame);
        }
        case Frame.CONTINUATION -> {
          if (pendingHeaders == null || pendingHeaders.streamId() != frame.streamId()) {
            throw new ProtocolViolation(frame + " without HEADERS");
          }
          pendingBlock.writeBytes(frame.payload());
          opened = headersEnd(frame);
        }
        case Frame.RST_STREAM -> reset(frame);
        case Frame.SETTINGS -> settings(frame, answers);
        case Frame.PING -> {
          if (!frame.has(Frame.ACK) && acknowledging) {
            answers.add(Frame.of(Frame.PING, Frame.ACK, 0, frame.payload()));
          }
        }
        case Frame.WINDOW_UPDATE -> windowUpdate(frame);
        case Frame.PUSH_PROMISE -> throw new ProtocolViolation("A PUSH_PROMISE");
        default -> {}
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (!answers.isEmpty()) {
      write(answers.toArray(Frame[]::new));
    }
    if (opened != null) {
      onStream.accept(opened);
    }
  }

  private void data(Frame frame, List<Frame> answers) throws IOException {
    receiveWindow -= frame.length();
    if (receiveWindow < 0) {
      throw new ProtocolViolation("DATA beyond the connection's window");
    }
    if (granting && frame.length() > 0) {
      answers.add(Frame.windowUpdate(0, frame.length()));
    }
    Http2Stream stream = known(frame);
    if (stream != null) {
      stream.receivedData(frame.content(), frame.length(), frame.has(Frame.END_STREAM));
    }
  }

  /** The stream that the block opened, if it did. */
  private @Nullable Http2Stream headersEnd(Frame last) throws IOException {
    Frame first = pendingHeaders;
    if (first == null || !last.has(Frame.END_HEADERS)) {
      return null;
    }
    pendingHeaders = null;
    int id = first.streamId();
    List<Header> block = hpack.decode(id, pendingBlock.toByteArray());
    Http2Stream stream = streams.get(id);
    Http2Stream opened = null;
    if (stream == null && !client) {
      if (id <= highestStream || id % 2 == 0) {
        throw new ProtocolViolation("HEADERS on stream " + id + " after stream " + highestStream);
      }
      highestStream = id;
      stream = stream(id);
      opened = stream;
      streams.put(id, stream);
    } else {
      stream = known(first);
    }
    if (stream != null) {
      stream.receivedHeaders(block, first.has(Frame.END_STREAM));
    }
    if (opened != null) {
      int active = (int) streams.values().stream().filter(Http2Stream::isActive).count();
      peakStreams = Math.max(peakStreams, active);
      if (active > ownMaxStreams) {
        throw new ProtocolViolation(active + " streams at once, allowed are " + ownMaxStreams);
      }
    }
    return opened;
  }

  /** Null for a stream that only raw frames have used. */
  private @Nullable Http2Stream known(Frame frame) throws ProtocolViolation {
    Http2Stream stream = streams.get(frame.streamId());
    if (stream == null && (frame.streamId() == 0 || frame.streamId() > highestStream)) {
      throw new ProtocolViolation(frame + " on an idle stream");
    }
    return stream;
  }

  private void reset(Frame frame) throws IOException {
    Http2Stream stream = known(frame);
    Http2Error error = frame.error();
    if (stream != null) {
      stream.receivedReset(error == null ? Http2Error.INTERNAL_ERROR : error);
    }
  }

  private void settings(Frame frame, List<Frame> answers) {
    if (frame.has(Frame.ACK)) {
      return;
    }
    int before = peerSettings.getOrDefault(Setting.INITIAL_WINDOW_SIZE, INITIAL_WINDOW);
    peerSettings.putAll(frame.settingValues());
    int after = peerSettings.getOrDefault(Setting.INITIAL_WINDOW_SIZE, INITIAL_WINDOW);
    streams.values().forEach(stream -> stream.sendWindow += after - before);
    if (acknowledging) {
      answers.add(Frame.settingsAck());
    }
  }

  private void windowUpdate(Frame frame) throws IOException {
    if (frame.increment() == 0) {
      throw new ProtocolViolation("A window increment of zero");
    }
    if (frame.streamId() == 0) {
      sendWindow += frame.increment();
      return;
    }
    Http2Stream stream = known(frame);
    if (stream != null) {
      stream.sendWindow += frame.increment();
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
    return locked(() -> Map.copyOf(peerSettings));
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
    return locked(() -> peakStreams);
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
