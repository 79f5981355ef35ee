package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import io.netty.util.AsciiString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the fields of an HTTP/2 head or of trailers, strictly (RFC 9113 section 8).
 *
 * <p>Fields come one by one from the header decompression, which must run to the end of the block
 * whatever it finds, or the two ends of the connection would no longer agree on its state. So the
 * first problem is kept and everything after it ignored; {@link #checkRequest}, {@link
 * #checkResponse} or {@link #checkTrailers} then throw it, or say what is wrong with the head as a
 * whole.
 */
@LoopConfined
public final class Http2Head {
  private static final int METHOD = 32;

  private static final AsciiString NAME_METHOD = AsciiString.cached(":method");
  private static final AsciiString NAME_SCHEME = AsciiString.cached(":scheme");
  private static final AsciiString NAME_AUTHORITY = AsciiString.cached(":authority");
  private static final AsciiString NAME_PATH = AsciiString.cached(":path");
  private static final AsciiString NAME_PROTOCOL = AsciiString.cached(":protocol");
  private static final AsciiString NAME_STATUS = AsciiString.cached(":status");

  /** What RFC 9113 section 6.5.2 counts for each field beside its bytes. */
  private static final int FIELD_OVERHEAD = 32;

  private final int pathLimit;
  private final long sizeLimit;
  private final int countLimit;

  private Headers headers = new Headers();
  private long size;
  private int cookies;
  private boolean regular;
  private @Nullable AsciiString method;
  private @Nullable AsciiString scheme;
  private @Nullable AsciiString authority;
  private @Nullable AsciiString path;
  private @Nullable AsciiString protocol;
  private @Nullable AsciiString status;
  private @Nullable BadMessage problem;

  // The host of the last request: on one connection it seldom changes.
  private @Nullable AsciiString lastAuthority;
  private String lastHost = "";
  private String host = "";

  /**
   * @param pathLimit bytes of path and query
   * @param sizeLimit bytes of all fields, counted as RFC 9113 section 6.5.2 says
   * @param countLimit number of fields without the pseudo-header fields
   */
  public Http2Head(int pathLimit, long sizeLimit, int countLimit) {
    this.pathLimit = pathLimit;
    this.sizeLimit = sizeLimit;
    this.countLimit = countLimit;
  }

  /** Prepares for a block of fields that go into these headers. */
  public void start(Headers into) {
    headers = into;
    headers.clear();
    size = 0;
    cookies = 0;
    regular = false;
    method = null;
    scheme = null;
    authority = null;
    path = null;
    protocol = null;
    status = null;
    problem = null;
  }

  /** Takes in the next field. */
  public void field(AsciiString name, AsciiString value) {
    if (problem != null) {
      return;
    }
    size += name.length() + value.length() + FIELD_OVERHEAD;
    if (size > sizeLimit) {
      problem =
          new BadMessage(431, "limit.header_bytes", "a head of more than " + sizeLimit + " bytes");
    } else if (!name.isEmpty() && name.byteAt(0) == ':') {
      pseudo(name, value);
    } else {
      regular = true;
      regular(name, value);
    }
  }

  private void pseudo(AsciiString name, AsciiString value) {
    if (regular) {
      malformed("h2.pseudo_order", "a pseudo-header field after a regular one");
    } else if (name.equals(NAME_METHOD)) {
      method = once(method, value);
    } else if (name.equals(NAME_PATH)) {
      path = once(path, value);
    } else if (name.equals(NAME_SCHEME)) {
      scheme = once(scheme, value);
    } else if (name.equals(NAME_AUTHORITY)) {
      authority = once(authority, value);
    } else if (name.equals(NAME_STATUS)) {
      status = once(status, value);
    } else if (name.equals(NAME_PROTOCOL)) {
      protocol = once(protocol, value);
    } else {
      malformed("h2.pseudo_unknown", "a pseudo-header field that is not known");
    }
  }

  private AsciiString once(@Nullable AsciiString before, AsciiString value) {
    if (before != null) {
      malformed("h2.pseudo_twice", "a pseudo-header field that comes twice");
    }
    return value;
  }

  private void regular(AsciiString name, AsciiString value) {
    byte[] nameBytes = name.array();
    int nameFrom = name.arrayOffset();
    int nameLength = name.length();
    int hash = 0;
    for (int i = nameFrom; i < nameFrom + nameLength; i++) {
      byte b = nameBytes[i];
      if (Tokens.tokenLower(b) != b || b == 0) {
        malformed(
            "framing.field_name",
            "a field name with an upper-case letter or a character that may not stand there");
        return;
      }
      hash = HeaderName.step(hash, b);
    }
    byte[] valueBytes = value.array();
    int valueFrom = value.arrayOffset();
    int valueLength = value.length();
    for (int i = valueFrom; i < valueFrom + valueLength; i++) {
      if (!Tokens.isFieldValue(valueBytes[i])) {
        malformed("framing.control", "a control byte in a field's value");
        return;
      }
    }
    if (nameLength == 0
        || (valueLength > 0
            && (isBlank(valueBytes[valueFrom])
                || isBlank(valueBytes[valueFrom + valueLength - 1])))) {
      malformed(
          "framing.field_value", "a field without a name, or with white space around its value");
      return;
    }
    if (headers.size() >= countLimit) {
      problem =
          new BadMessage(431, "limit.header_count", "more than " + countLimit + " header fields");
      return;
    }
    int key = HeaderName.key(hash, nameBytes, nameFrom, nameLength);
    if (key >= 0 && !allowed(HeaderName.known(key), value)) {
      malformed("h2.connection_field", "a field that belongs to HTTP/1 connections");
      return;
    }
    headers.append(key, nameBytes, nameFrom, nameLength, valueBytes, valueFrom, valueLength);
  }

  /** Whether a known field may be in an HTTP/2 message (RFC 9113 section 8.2.2). */
  private boolean allowed(HeaderName name, AsciiString value) {
    if (name == HeaderName.COOKIE) {
      cookies++;
      return true;
    }
    if (name == HeaderName.TE) {
      return value.contentEqualsIgnoreCase("trailers");
    }
    return name != HeaderName.CONNECTION
        && name != HeaderName.TRANSFER_ENCODING
        && name != HeaderName.UPGRADE
        && name != HeaderName.KEEP_ALIVE
        && name != HeaderName.PROXY_CONNECTION;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private void malformed(String reason, String detail) {
    if (problem == null) {
      problem = new BadMessage(400, reason, detail);
    }
  }

  public Headers headers() {
    return headers;
  }

  // A request.

  public String method() {
    return String.valueOf(method);
  }

  /** Path and query. */
  public String path() {
    return String.valueOf(path);
  }

  public String authority() {
    return String.valueOf(authority);
  }

  /** The host in lower case, without port. */
  public String host() {
    return host;
  }

  /** Whether a request is an extended CONNECT (RFC 8441), which asks for a WebSocket. */
  public boolean extendedConnect() {
    return protocol != null;
  }

  /** Checks that the fields make a whole request, and that it is one that can be served. */
  public void checkRequest() throws BadMessage {
    throwProblem();
    AsciiString verb = method;
    if (status != null || verb == null) {
      throw bad("h2.pseudo_missing", "a request without :method or with :status");
    }
    checkMethod(verb);
    AsciiString target = path;
    if (scheme == null || target == null || target.isEmpty()) {
      throw bad("h2.pseudo_missing", "a request without :scheme or :path");
    }
    if (!scheme.contentEqualsIgnoreCase("https") && !scheme.contentEqualsIgnoreCase("http")) {
      throw bad("framing.scheme", "a scheme other than http and https");
    }
    checkPath(target, verb.contentEquals("OPTIONS"));
    checkAuthority();
    joinCookies();
  }

  private void checkMethod(AsciiString verb) throws BadMessage {
    for (int i = 0; i < verb.length(); i++) {
      if (Tokens.tokenLower(verb.byteAt(i)) == 0) {
        throw bad("framing.method", "a method with characters that may not stand there");
      }
    }
    if (verb.isEmpty()) {
      throw bad("framing.method", "an empty method");
    }
    if (verb.length() > METHOD) {
      throw new BadMessage(
          501, "framing.method", "a method of more than " + METHOD + " characters");
    }
    boolean connect = verb.contentEquals("CONNECT");
    AsciiString wanted = protocol;
    if (wanted == null) {
      if (connect) {
        throw new BadMessage(501, "framing.connect", "CONNECT is not served");
      }
    } else if (!connect) {
      throw bad("h2.pseudo_unknown", ":protocol on a request other than CONNECT");
    } else if (!wanted.contentEqualsIgnoreCase("websocket")) {
      throw new BadMessage(
          501, "framing.connect", "an extended CONNECT for something other than a WebSocket");
    }
  }

  private void checkPath(AsciiString target, boolean options) throws BadMessage {
    if (target.length() > pathLimit) {
      throw new BadMessage(
          414, "limit.request_line", "a path of more than " + pathLimit + " bytes");
    }
    byte[] bytes = target.array();
    int from = target.arrayOffset();
    boolean asterisk = options && target.length() == 1 && bytes[from] == '*';
    if (bytes[from] != '/' && !asterisk) {
      throw bad("framing.target", "a path that does not begin with a slash");
    }
    for (int i = from; i < from + target.length(); i++) {
      if (!Tokens.isTarget(bytes[i])) {
        throw bad("framing.target", "a path with a character that may not stand there");
      }
    }
  }

  private void checkAuthority() throws BadMessage {
    AsciiString named = authority;
    if (headers.has(HeaderName.HOST)) {
      String field = headers.get(HeaderName.HOST);
      if (headers.count(HeaderName.HOST) > 1 || field == null) {
        throw bad("host.several", "more than one Host field");
      }
      if (named == null) {
        named = new AsciiString(field);
        authority = named;
      } else if (!named.contentEqualsIgnoreCase(field)) {
        throw bad("host.mismatch", "a Host field that is not what :authority says");
      }
    }
    if (named == null || !named.equals(lastAuthority)) {
      lastHost = MessageRules.host(named == null ? null : named.toString());
      lastAuthority = named;
    }
    host = lastHost;
  }

  /**
   * A client may send each cookie in a field of its own; others expect them in one (RFC 9113
   * section 8.2.3).
   */
  private void joinCookies() {
    if (cookies > 1) {
      List<String> crumbs = headers.all(HeaderName.COOKIE);
      headers.set(HeaderName.COOKIE, String.join("; ", crumbs));
    }
  }

  // A response.

  /** The status of a response as it came; null where there was none. */
  public @Nullable CharSequence statusText() {
    return status;
  }

  /**
   * Checks that the fields make a whole response.
   *
   * @return the status
   */
  public int checkResponse() throws BadMessage {
    throwProblem();
    AsciiString text = status;
    if (text == null
        || method != null
        || scheme != null
        || path != null
        || authority != null
        || protocol != null) {
      throw bad(
          "h2.pseudo_missing", "a response without :status or with what belongs to a request");
    }
    int code = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = text.byteAt(i) - '0';
      if (digit < 0 || digit > 9 || text.length() != 3) {
        throw bad("framing.start_line", "a status that is not a number of three digits");
      }
      code = code * 10 + digit;
    }
    // There is no switching of protocols in HTTP/2 (RFC 9113 section 8.6).
    if (code < 100 || code > 599 || code == 101) {
      throw bad("framing.start_line", "a status out of range");
    }
    return code;
  }

  /** Checks that the fields make trailers. */
  public void checkTrailers() throws BadMessage {
    throwProblem();
    if (method != null
        || scheme != null
        || path != null
        || authority != null
        || protocol != null
        || status != null) {
      throw bad("h2.pseudo_trailers", "pseudo-header fields in trailers");
    }
  }

  private void throwProblem() throws BadMessage {
    BadMessage found = problem;
    if (found != null) {
      throw found;
    }
  }

  private static BadMessage bad(String reason, String detail) {
    return new BadMessage(400, reason, detail);
  }
}
