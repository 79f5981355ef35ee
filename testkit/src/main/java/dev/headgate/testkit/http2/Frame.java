package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.testkit.ByteReader;
import dev.headgate.testkit.ProtocolViolation;
import io.netty.handler.codec.http2.Http2Error;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 frame, well formed or not: nothing here checks what a test chooses to send.
 *
 * <pre>{@code
 * connection.write(Frame.of(Frame.PING, 0, 0, new byte[7]));          // a bad length on purpose
 * connection.write(Frame.headers(1, block, Frame.END_STREAM));        // END_HEADERS withheld
 * }</pre>
 */
public final class Frame {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PUSH_PROMISE = 5;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 0x1;
  public static final int ACK = 0x1;
  public static final int END_HEADERS = 0x4;
  public static final int PADDED = 0x8;
  public static final int PRIORITY_FLAG = 0x20;

  private static final String[] NAMES = {
    "DATA",
    "HEADERS",
    "PRIORITY",
    "RST_STREAM",
    "SETTINGS",
    "PUSH_PROMISE",
    "PING",
    "GOAWAY",
    "WINDOW_UPDATE",
    "CONTINUATION"
  };

  private final int type;
  private final int flags;
  private final int streamId;
  private final int length;
  private final byte[] payload;

  private Frame(int type, int flags, int streamId, int length, byte[] payload) {
    this.type = type;
    this.flags = flags;
    this.streamId = streamId;
    this.length = length;
    this.payload = payload;
  }

  public static Frame of(int type, int flags, int streamId, byte[] payload) {
    return new Frame(type, flags, streamId, payload.length, payload);
  }

  public static Frame data(int streamId, byte[] bytes, boolean endStream) {
    return of(DATA, endStream ? END_STREAM : 0, streamId, bytes);
  }

  public static Frame headers(int streamId, byte[] block, int flags) {
    return of(HEADERS, flags, streamId, block);
  }

  public static Frame continuation(int streamId, byte[] block, int flags) {
    return of(CONTINUATION, flags, streamId, block);
  }

  public static Frame reset(int streamId, Http2Error error) {
    return of(RST_STREAM, 0, streamId, ints((int) error.code()));
  }

  /** Pairs of an id of {@link Setting} and its value. */
  public static Frame settings(int... idsAndValues) {
    ByteBuffer payload = ByteBuffer.allocate(idsAndValues.length * 3);
    for (int i = 0; i < idsAndValues.length; i += 2) {
      payload.putShort((short) idsAndValues[i]).putInt(idsAndValues[i + 1]);
    }
    return of(SETTINGS, 0, 0, payload.array());
  }

  public static Frame settingsAck() {
    return of(SETTINGS, ACK, 0, new byte[0]);
  }

  public static Frame ping(long data) {
    return of(PING, 0, 0, ByteBuffer.allocate(8).putLong(data).array());
  }

  public static Frame goAway(int lastStreamId, Http2Error error, String debug) {
    byte[] text = debug.getBytes(UTF_8);
    return of(
        GOAWAY,
        0,
        0,
        ByteBuffer.allocate(8 + text.length)
            .putInt(lastStreamId)
            .putInt((int) error.code())
            .put(text)
            .array());
  }

  /** Stream 0 is the connection. */
  public static Frame windowUpdate(int streamId, int increment) {
    return of(WINDOW_UPDATE, 0, streamId, ints(increment));
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  public byte[] encode() {
    return ByteBuffer.allocate(9 + payload.length)
        .putInt(payload.length << 8 | type)
        .put((byte) flags)
        .putInt(streamId)
        .put(payload)
        .array();
  }

  /** Null where the stream ends between frames. */
  public static @Nullable Frame read(ByteReader reader) throws IOException {
    if (!reader.await(1)) {
      return null;
    }
    ByteBuffer head = ByteBuffer.wrap(reader.bytes(9));
    int lengthAndType = head.getInt();
    int flags = head.get() & 0xff;
    int streamId = head.getInt() & 0x7fffffff;
    return of(lengthAndType & 0xff, flags, streamId, reader.bytes(lengthAndType >>> 8));
  }

  public int type() {
    return type;
  }

  public int flags() {
    return flags;
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  public int streamId() {
    return streamId;
  }

  /** Of the payload, padding included. */
  public int length() {
    return length;
  }

  /** Empty for DATA frames in a connection's log, which keeps no bodies. */
  public byte[] payload() {
    return payload.clone();
  }

  /** The payload without its padding and priority, for DATA and HEADERS. */
  byte[] content() throws IOException {
    int from = 0;
    int to = payload.length;
    if (has(PADDED)) {
      from = 1;
      to -= payload.length == 0 ? 1 : payload[0] & 0xff;
    }
    if (type == HEADERS && has(PRIORITY_FLAG)) {
      from += 5;
    }
    if (from > to) {
      throw new ProtocolViolation("More padding than payload in " + this);
    }
    return Arrays.copyOfRange(payload, from, to);
  }

  Frame withoutPayload() {
    return new Frame(type, flags, streamId, length, new byte[0]);
  }

  /** Of RST_STREAM and GOAWAY; null for a code that RFC 9113 does not define. */
  public @Nullable Http2Error error() throws IOException {
    return Http2Error.valueOf(intAt(type == GOAWAY ? 4 : 0) & 0xffffffffL);
  }

  /** Of GOAWAY. */
  public int lastStreamId() throws IOException {
    return intAt(0) & 0x7fffffff;
  }

  /** Of GOAWAY. */
  public String debug() {
    return payload.length <= 8 ? "" : new String(payload, 8, payload.length - 8, UTF_8);
  }

  /** Of WINDOW_UPDATE. */
  public int increment() throws IOException {
    return intAt(0) & 0x7fffffff;
  }

  /** Of SETTINGS, by the ids of {@link Setting}. */
  public Map<Integer, Integer> settingValues() {
    Map<Integer, Integer> settings = new LinkedHashMap<>();
    ByteBuffer buffer = ByteBuffer.wrap(payload);
    while (buffer.remaining() >= 6) {
      settings.put(buffer.getShort() & 0xffff, buffer.getInt());
    }
    return settings;
  }

  private int intAt(int index) throws IOException {
    if (payload.length < index + 4) {
      throw new EOFException("A short payload in " + this);
    }
    return ByteBuffer.wrap(payload).getInt(index);
  }

  @Override
  public String toString() {
    String name = type < NAMES.length ? NAMES[type] : "TYPE_" + type;
    return name
        + "[stream "
        + streamId
        + ", flags 0x"
        + Integer.toHexString(flags)
        + ", "
        + length
        + " bytes]";
  }
}
