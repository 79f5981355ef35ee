package dev.headgate.testkit.http2;

import dev.headgate.testkit.Header;
import dev.headgate.testkit.ProtocolViolation;
import io.netty.handler.codec.http2.Http2Error;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one end knows of an HTTP/2 connection: streams, windows, settings, and the header block that
 * is coming in. It judges each incoming frame by RFC 9113. Used with the connection's lock held.
 *
 * <p>The own settings bind the peer only once it has acknowledged them: until then streams get the
 * window and the number that a peer may assume at first.
 */
final class ConnectionState {
  private static final int INITIAL_WINDOW = 65_535;

  private final Http2Connection connection;
  private final boolean client;
  private final Map<Integer, Http2Stream> streams = new HashMap<>();
  private final Map<Integer, Integer> peerSettings = new HashMap<>();
  private final Hpack hpack = new Hpack();
  private final ByteArrayOutputStream pendingBlock = new ByteArrayOutputStream();
  private @Nullable Frame pendingHeaders;
  private long sendWindow = INITIAL_WINDOW;
  private long receiveWindow = INITIAL_WINDOW;
  private int ownInitialWindow = INITIAL_WINDOW;
  private int ownMaxStreams = Integer.MAX_VALUE;
  private boolean settingsAcknowledged;
  private int highestStream;
  private int peakStreams;
  private boolean acknowledging = true;
  private boolean granting = true;

  ConnectionState(Http2Connection connection, boolean client) {
    this.connection = connection;
    this.client = client;
  }

  /** What a frame calls for: frames to answer with, and the stream that it opened. */
  record Reaction(List<Frame> answers, @Nullable Http2Stream opened) {}

  void withholdAcks() {
    acknowledging = false;
  }

  void withholdWindow() {
    granting = false;
  }

  int peakStreams() {
    return peakStreams;
  }

  Map<Integer, Integer> peerSettings() {
    return Map.copyOf(peerSettings);
  }

  int peerSetting(int id, int otherwise) {
    return peerSettings.getOrDefault(id, otherwise);
  }

  /** Takes up to {@code wanted} bytes from both windows; 0 where they are used up. */
  int takeWindow(Http2Stream stream, int wanted) {
    long taken = Math.max(0, Math.min(wanted, Math.min(sendWindow, stream.sendWindow)));
    sendWindow -= taken;
    stream.sendWindow -= taken;
    return (int) taken;
  }

  /** The stream that this end is about to open. */
  Http2Stream newStream(int id) {
    int window = peerSetting(Setting.INITIAL_WINDOW_SIZE, INITIAL_WINDOW);
    int ownWindow =
        client || settingsAcknowledged
            ? ownInitialWindow
            : Math.max(INITIAL_WINDOW, ownInitialWindow);
    Http2Stream stream = new Http2Stream(connection, id, window, ownWindow);
    streams.put(id, stream);
    highestStream = Math.max(highestStream, id);
    return stream;
  }

  // ---- frames that this end writes

  void written(Frame frame) throws IOException {
    switch (frame.type()) {
      case Frame.HEADERS -> highestStream = Math.max(highestStream, frame.streamId());
      case Frame.WINDOW_UPDATE -> granted(frame);
      case Frame.SETTINGS -> announced(frame.settingValues());
      default -> {}
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

  private void announced(Map<Integer, Integer> own) {
    int window = own.getOrDefault(Setting.INITIAL_WINDOW_SIZE, ownInitialWindow);
    int more = Math.max(0, window - ownInitialWindow);
    streams.values().forEach(stream -> stream.receiveWindow += more);
    ownInitialWindow = window;
    ownMaxStreams = own.getOrDefault(Setting.MAX_CONCURRENT_STREAMS, ownMaxStreams);
  }

  // ---- frames that the peer wrote

  Reaction received(Frame frame) throws IOException {
    if (pendingHeaders != null && frame.type() != Frame.CONTINUATION) {
      throw new ProtocolViolation(frame + " inside a header block");
    }
    List<Frame> answers = new ArrayList<>();
    Http2Stream opened = null;
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
    return new Reaction(answers, opened);
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

  /** The stream that the block opened, if it is whole and did. */
  private @Nullable Http2Stream headersEnd(Frame last) throws IOException {
    Frame first = pendingHeaders;
    if (first == null || !last.has(Frame.END_HEADERS)) {
      return null;
    }
    pendingHeaders = null;
    int id = first.streamId();
    List<Header> block = hpack.decode(id, pendingBlock.toByteArray());
    boolean opens = !client && !streams.containsKey(id);
    if (opens && (id <= highestStream || id % 2 == 0)) {
      throw new ProtocolViolation("HEADERS on stream " + id + " after stream " + highestStream);
    }
    Http2Stream stream = opens ? newStream(id) : known(first);
    if (stream != null) {
      stream.receivedHeaders(block, first.has(Frame.END_STREAM));
    }
    if (!opens) {
      return null;
    }
    countStreams();
    return stream;
  }

  private void countStreams() throws ProtocolViolation {
    int active = (int) streams.values().stream().filter(Http2Stream::isActive).count();
    peakStreams = Math.max(peakStreams, active);
    if (settingsAcknowledged && active > ownMaxStreams) {
      throw new ProtocolViolation(active + " streams at once, allowed are " + ownMaxStreams);
    }
    if (streams.size() > 10_000) {
      streams.values().removeIf(stream -> !stream.isActive());
    }
  }

  /** Null for a stream that is forgotten, or that only raw frames have used. */
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
      settingsAcknowledged = true;
      return;
    }
    int before = peerSetting(Setting.INITIAL_WINDOW_SIZE, INITIAL_WINDOW);
    peerSettings.putAll(frame.settingValues());
    int after = peerSetting(Setting.INITIAL_WINDOW_SIZE, INITIAL_WINDOW);
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
}
