package dev.headgate.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The name of a header field, prepared for look-ups without case and without allocation (RFC 9110
 * section 5.1).
 *
 * <p>Names that the gateway itself works with have a small id; {@link Headers} keeps that id beside
 * each field, so that asking for one of them compares two numbers. All other names are compared by
 * hash and then by bytes. Immutable.
 */
public final class HeaderName {
  /**
   * Keys at or above this (as unsigned numbers) are hashes of unknown names; below are ids of known
   * ones.
   */
  static final int UNKNOWN = 0x8000_0000;

  private static final int SLOTS = 256;
  private static final HeaderName[] KNOWN = new HeaderName[64];
  private static final @Nullable HeaderName[] BY_HASH = new HeaderName[SLOTS];
  private static int knownCount;

  /** Names of HPACK's static table (RFC 7541 appendix A) from index 15 on, in its order. */
  private static final List<String> HPACK =
      List.of(
          ("accept-charset accept-encoding accept-language accept-ranges accept access-control-allow-origin age allow "
                  + "authorization cache-control content-disposition content-encoding content-language content-length "
                  + "content-location content-range content-type cookie date etag expect expires from host if-match "
                  + "if-modified-since if-none-match if-range if-unmodified-since last-modified link location "
                  + "max-forwards proxy-authenticate proxy-authorization range referer refresh retry-after server "
                  + "set-cookie strict-transport-security transfer-encoding user-agent vary via www-authenticate")
              .split(" "));

  private static final int HPACK_FIRST = 15;

  public static final HeaderName HOST = known("host");
  public static final HeaderName CONTENT_LENGTH = known("content-length");
  public static final HeaderName TRANSFER_ENCODING = known("transfer-encoding");
  public static final HeaderName CONNECTION = known("connection");
  public static final HeaderName KEEP_ALIVE = known("keep-alive");
  public static final HeaderName PROXY_CONNECTION = known("proxy-connection");
  public static final HeaderName UPGRADE = known("upgrade");
  public static final HeaderName TE = known("te");
  public static final HeaderName TRAILER = known("trailer");
  public static final HeaderName EXPECT = known("expect");
  public static final HeaderName HTTP2_SETTINGS = known("http2-settings");
  public static final HeaderName PROXY_AUTHENTICATE = known("proxy-authenticate");
  public static final HeaderName PROXY_AUTHORIZATION = known("proxy-authorization");
  public static final HeaderName VIA = known("via");
  public static final HeaderName DATE = known("date");
  public static final HeaderName SERVER = known("server");
  public static final HeaderName CONTENT_TYPE = known("content-type");
  public static final HeaderName FORWARDED = known("forwarded");
  public static final HeaderName X_FORWARDED_FOR = known("x-forwarded-for");
  public static final HeaderName X_FORWARDED_PROTO = known("x-forwarded-proto");
  public static final HeaderName X_FORWARDED_HOST = known("x-forwarded-host");
  public static final HeaderName X_FORWARDED_PORT = known("x-forwarded-port");
  public static final HeaderName X_REAL_IP = known("x-real-ip");
  public static final HeaderName X_REQUEST_ID = known("x-request-id");
  public static final HeaderName TRACEPARENT = known("traceparent");
  public static final HeaderName TRACESTATE = known("tracestate");
  public static final HeaderName BAGGAGE = known("baggage");
  public static final HeaderName B3 = known("b3");
  public static final HeaderName X_B3_TRACEID = known("x-b3-traceid");
  public static final HeaderName X_B3_SPANID = known("x-b3-spanid");
  public static final HeaderName X_B3_SAMPLED = known("x-b3-sampled");
  public static final HeaderName UBER_TRACE_ID = known("uber-trace-id");
  public static final HeaderName GRPC_STATUS = known("grpc-status");
  public static final HeaderName GRPC_MESSAGE = known("grpc-message");
  public static final HeaderName GRPC_TIMEOUT = known("grpc-timeout");
  public static final HeaderName COOKIE = known("cookie");
  public static final HeaderName AUTHORIZATION = known("authorization");
  public static final HeaderName USER_AGENT = known("user-agent");
  public static final HeaderName LOCATION = known("location");
  public static final HeaderName ALLOW = known("allow");
  public static final HeaderName RETRY_AFTER = known("retry-after");
  public static final HeaderName SEC_WEBSOCKET_KEY = known("sec-websocket-key");
  public static final HeaderName SEC_WEBSOCKET_ACCEPT = known("sec-websocket-accept");
  public static final HeaderName SEC_WEBSOCKET_VERSION = known("sec-websocket-version");
  public static final HeaderName WWW_AUTHENTICATE = known("www-authenticate");
  public static final HeaderName ORIGIN = known("origin");
  public static final HeaderName ACCESS_CONTROL_REQUEST_METHOD =
      known("access-control-request-method");
  public static final HeaderName X_API_KEY = known("x-api-key");

  private final String text;
  private final byte[] bytes;
  private final int key;
  private final int hpackIndex;

  private HeaderName(String text, int key) {
    this.text = text;
    this.bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    this.key = key;
    int index = HPACK.indexOf(text);
    this.hpackIndex = index < 0 ? 0 : HPACK_FIRST + index;
  }

  private static HeaderName known(String text) {
    HeaderName name = new HeaderName(text, knownCount);
    KNOWN[knownCount++] = name;
    int slot = hash(name.bytes, 0, name.bytes.length) & (SLOTS - 1);
    while (BY_HASH[slot] != null) {
      slot = (slot + 1) & (SLOTS - 1);
    }
    BY_HASH[slot] = name;
    return name;
  }

  /**
   * @param name a field name in any case; not checked for being a token
   */
  public static HeaderName of(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    byte[] bytes = lower.getBytes(StandardCharsets.ISO_8859_1);
    int hash = hash(bytes, 0, bytes.length);
    int key = key(hash, bytes, 0, bytes.length);
    return key >= 0 ? KNOWN[key] : new HeaderName(lower, key);
  }

  /** The name in lower case. */
  public String text() {
    return text;
  }

  /** The name's index in HPACK's static table; 0 where it has none. */
  public int hpackIndex() {
    return hpackIndex;
  }

  byte[] bytes() {
    return bytes;
  }

  /** An id from 0 to 63 for a known name, otherwise a hash with the highest bit set. */
  int key() {
    return key;
  }

  static HeaderName known(int key) {
    return KNOWN[key];
  }

  /** The step of the hash over lower-case bytes that parsers compute while they check a name. */
  static int step(int hash, int lower) {
    return hash * 31 + lower;
  }

  private static int hash(byte[] bytes, int from, int length) {
    int hash = 0;
    for (int i = from; i < from + length; i++) {
      hash = step(hash, Tokens.lower(bytes[i]));
    }
    return hash;
  }

  /** The key of a name of which the hash is known already. */
  static int key(int hash, byte[] bytes, int from, int length) {
    int slot = hash & (SLOTS - 1);
    for (HeaderName name = BY_HASH[slot]; name != null; name = BY_HASH[slot]) {
      if (name.bytes.length == length
          && Tokens.equalsIgnoreCase(name.bytes, 0, bytes, from, length)) {
        return name.key;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
    return hash | UNKNOWN;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof HeaderName other && text.equals(other.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
