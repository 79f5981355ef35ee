package dev.headgate.http2;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A compressed header block that is being made (RFC 7541), in the shape in which the library's
 * frame writer takes it.
 *
 * <p>It uses the static table and literals, and never the dynamic table. So blocks do not depend on
 * each other: one may be made long before it is sent, a field costs no hash and no memory that a
 * connection keeps, and nobody can guess a secret from how well it was compressed beside bytes of
 * his own. The price is some bytes on the wire for fields that come again.
 */
@LoopConfined
public final class FieldBlock extends DefaultHttp2Headers {
  private static final int INDEXED = 0x80;
  private static final int LITERAL = 0x00;
  private static final int NEVER_INDEXED = 0x10;

  private static final int AUTHORITY = 1;
  private static final int METHOD = 2;
  private static final int METHOD_POST = 3;
  private static final int PATH = 4;
  private static final int SCHEME_HTTP = 6;
  private static final int SCHEME_HTTPS = 7;
  private static final int STATUS = 8;

  private byte[] bytes = new byte[512];
  private int length;
  private @Nullable CharSequence status;

  public FieldBlock() {
    super(false, 2);
  }

  /** Begins the head of a response. */
  public FieldBlock response(int code) {
    length = 0;
    status = HttpResponseStatus.valueOf(code).codeAsText();
    int index =
        switch (code) {
          case 200 -> 8;
          case 204 -> 9;
          case 206 -> 10;
          case 304 -> 11;
          case 400 -> 12;
          case 404 -> 13;
          case 500 -> 14;
          default -> 0;
        };
    if (index > 0) {
      integer(INDEXED, 7, index);
    } else {
      integer(LITERAL, 4, STATUS);
      string(Integer.toString(code));
    }
    return this;
  }

  /**
   * Begins the head of a request.
   *
   * @param protocol for an extended CONNECT (RFC 8441)
   */
  public FieldBlock request(
      String method, String scheme, String authority, String path, @Nullable String protocol) {
    length = 0;
    status = null;
    switch (method) {
      case "GET" -> integer(INDEXED, 7, METHOD);
      case "POST" -> integer(INDEXED, 7, METHOD_POST);
      default -> {
        integer(LITERAL, 4, METHOD);
        string(method);
      }
    }
    integer(INDEXED, 7, scheme.equals("https") ? SCHEME_HTTPS : SCHEME_HTTP);
    integer(LITERAL, 4, AUTHORITY);
    string(authority);
    if (path.equals("/")) {
      integer(INDEXED, 7, PATH);
    } else {
      integer(LITERAL, 4, PATH);
      string(path);
    }
    if (protocol != null) {
      integer(LITERAL, 4, 0);
      string(":protocol");
      string(protocol);
    }
    return this;
  }

  /** Begins trailers. */
  public FieldBlock trailers() {
    length = 0;
    status = null;
    return this;
  }

  /** Adds all fields of a message, with their names in lower case as HTTP/2 wants them. */
  public FieldBlock fields(Headers headers) {
    headers.forEachBytes(this::field);
    return this;
  }

  private void field(
      @Nullable HeaderName known,
      byte[] from,
      int name,
      int nameLength,
      int value,
      int valueLength) {
    int index = known == null ? 0 : known.hpackIndex();
    boolean secret = known == HeaderName.AUTHORIZATION || known == HeaderName.COOKIE;
    integer(secret ? NEVER_INDEXED : LITERAL, 4, index);
    if (index == 0) {
      integer(0, 7, nameLength);
      reserve(nameLength);
      for (int i = name; i < name + nameLength; i++) {
        byte b = from[i];
        bytes[length++] = b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
      }
    }
    integer(0, 7, valueLength);
    reserve(valueLength);
    System.arraycopy(from, value, bytes, length, valueLength);
    length += valueLength;
  }

  /** Adds a field. */
  public FieldBlock field(HeaderName name, String value) {
    integer(LITERAL, 4, name.hpackIndex());
    if (name.hpackIndex() == 0) {
      string(name.text());
    }
    string(value);
    return this;
  }

  /** The value of {@code :status}; the library asks for it to tell interim answers. */
  @Override
  public @Nullable CharSequence status() {
    return status;
  }

  void writeTo(ByteBuf out) {
    out.writeBytes(bytes, 0, length);
  }

  /** How many bytes the block has. */
  public int length() {
    return length;
  }

  @SuppressWarnings("deprecation") // The only copy from a Latin-1 string that allocates nothing.
  private void string(String latin1) {
    int count = latin1.length();
    integer(0, 7, count);
    reserve(count);
    latin1.getBytes(0, count, bytes, length);
    length += count;
  }

  /**
   * RFC 7541 section 5.1: in the low bits of a byte, and on in groups of seven bits if it does not
   * fit.
   */
  private void integer(int high, int bits, int value) {
    reserve(6);
    int max = (1 << bits) - 1;
    if (value < max) {
      bytes[length++] = (byte) (high | value);
      return;
    }
    bytes[length++] = (byte) (high | max);
    int rest = value - max;
    while (rest >= 0x80) {
      bytes[length++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
  }

  private void reserve(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}
