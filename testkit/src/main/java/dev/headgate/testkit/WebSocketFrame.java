package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket frame (RFC 6455, section 5.2).
 *
 * <pre>{@code
 * client.send(WebSocketFrame.upgradeRequest("api.example.com", "/chat"));
 * assertThat(client.readHead().status()).isEqualTo(101);
 * client.send(WebSocketFrame.text("hi").masked());
 * assertThat(WebSocketFrame.read(client.input()).text()).isEqualTo("hi");
 * client.send(WebSocketFrame.close(1000, "bye").masked());
 * }</pre>
 */
public final class WebSocketFrame {
  public static final int CONTINUATION = 0;
  public static final int TEXT = 1;
  public static final int BINARY = 2;
  public static final int CLOSE = 8;
  public static final int PING = 9;
  public static final int PONG = 10;

  /** The key of RFC 6455's own example. */
  public static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  private static final int FIN = 0x80;
  private static final int RSV1 = 0x40;
  private static final int MAX_PAYLOAD = 64 * 1024 * 1024;
  private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

  private final int firstBits;
  private final int opcode;
  private final boolean masked;
  private final byte[] payload;

  private WebSocketFrame(int firstBits, int opcode, boolean masked, byte[] payload) {
    this.firstBits = firstBits;
    this.opcode = opcode;
    this.masked = masked;
    this.payload = payload;
  }

  public static WebSocketFrame of(int opcode, byte[] payload) {
    return new WebSocketFrame(FIN, opcode, false, payload);
  }

  public static WebSocketFrame text(String text) {
    return of(TEXT, text.getBytes(UTF_8));
  }

  public static WebSocketFrame binary(byte[] bytes) {
    return of(BINARY, bytes);
  }

  public static WebSocketFrame ping(String text) {
    return of(PING, text.getBytes(UTF_8));
  }

  public static WebSocketFrame close(int code, String reason) {
    byte[] text = reason.getBytes(UTF_8);
    return of(CLOSE, ByteBuffer.allocate(2 + text.length).putShort((short) code).put(text).array());
  }

  /** The same frame without FIN: more of the message follows in continuations. */
  public WebSocketFrame unfinished() {
    return new WebSocketFrame(firstBits & ~FIN, opcode, masked, payload);
  }

  /** The same frame with RSV1, which only a negotiated extension may set. */
  public WebSocketFrame withRsv1() {
    return new WebSocketFrame(firstBits | RSV1, opcode, masked, payload);
  }

  public int opcode() {
    return opcode;
  }

  public boolean hasRsv1() {
    return (firstBits & RSV1) != 0;
  }

  /** Unmasked. */
  public byte[] payload() {
    return payload.clone();
  }

  public boolean isFinal() {
    return (firstBits & FIN) != 0;
  }

  /** Whether the frame came masked, as a client's must. */
  public boolean isMasked() {
    return masked;
  }

  public String text() {
    return new String(payload, UTF_8);
  }

  /** A close frame's code; 1005 where it has none. */
  public int closeCode() {
    return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
  }

  /** The bytes that a client sends. */
  public byte[] masked() {
    return encode(MASK);
  }

  /** The bytes that a server sends. */
  public byte[] unmasked() {
    return encode(null);
  }

  private byte[] encode(byte @Nullable [] key) {
    int maskBit = key == null ? 0 : 0x80;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(firstBits | opcode);
    if (payload.length < 126) {
      out.write(maskBit | payload.length);
    } else if (payload.length < 65536) {
      out.write(maskBit | 126);
      out.writeBytes(ByteBuffer.allocate(2).putShort((short) payload.length).array());
    } else {
      out.write(maskBit | 127);
      out.writeBytes(ByteBuffer.allocate(8).putLong(payload.length).array());
    }
    if (key == null) {
      out.writeBytes(payload);
    } else {
      out.writeBytes(key);
      out.writeBytes(xor(payload, key));
    }
    return out.toByteArray();
  }

  public static WebSocketFrame read(ByteReader in) throws IOException {
    ByteBuffer start = ByteBuffer.wrap(in.bytes(2));
    int first = start.get() & 0xff;
    int second = start.get() & 0xff;
    long length =
        switch (second & 0x7f) {
          case 126 -> ByteBuffer.wrap(in.bytes(2)).getShort() & 0xffff;
          case 127 -> ByteBuffer.wrap(in.bytes(8)).getLong();
          default -> second & 0x7f;
        };
    if (length < 0 || length > MAX_PAYLOAD) {
      throw new ProtocolViolation("A WebSocket frame of " + length + " bytes");
    }
    byte[] key = (second & 0x80) == 0 ? null : in.bytes(4);
    byte[] payload = in.bytes((int) length);
    return new WebSocketFrame(
        first & 0xf0, first & 0x0f, key != null, key == null ? payload : xor(payload, key));
  }

  private static byte[] xor(byte[] bytes, byte[] key) {
    byte[] result = bytes.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] ^= key[i & 3];
    }
    return result;
  }

  /** What Sec-WebSocket-Accept must say to that key. */
  public static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** A whole HTTP/1.1 upgrade request with {@link #KEY}. */
  public static String upgradeRequest(String host, String path, String... headers) {
    return "GET "
        + path
        + " HTTP/1.1\r\nHost: "
        + host
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: "
        + KEY
        + "\r\n"
        + String.join("", Arrays.stream(headers).map(h -> h + "\r\n").toList())
        + "\r\n";
  }
}
