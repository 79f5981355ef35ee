package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Gives requests their ids: a request id, and a place in a trace (W3C Trace Context).
 *
 * <p>A request that comes in a trace stays in it, with the gateway as the new parent; {@code
 * tracestate}, {@code baggage} and the headers of older formats pass through. Where there is no
 * trace one begins, marked as sampled: the gateway decides nothing for the upstreams' tracing, and
 * an unsampled mark would silence it. A {@code tracestate} without a valid trace is dropped, as the
 * standard says.
 *
 * <p>Ids need to be unlike each other, not hard to guess, so that they come from a fast generator
 * with a random seed. Where the gateway begins the trace, one number is request id and trace id.
 */
@LoopConfined
final class TraceContext {
  private static final int MAX_REQUEST_ID = 128;
  private static final int ID = 32;
  private static final int TRACE_AT = 3;
  private static final int SPAN_AT = TRACE_AT + ID + 1;
  private static final int FLAGS_AT = SPAN_AT + 17;
  private static final int LENGTH = FLAGS_AT + 2;

  private static final byte[] DIGITS = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final boolean[] REQUEST_ID = new boolean[128];

  static {
    for (int c = 0; c < 128; c++) {
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      REQUEST_ID[c] = letter || (c >= '0' && c <= '9') || "._~+/=-".indexOf(c) >= 0;
    }
  }

  private final SplittableRandom random;
  private final TraceParent parent = new TraceParent();
  private final byte[] traceparent = new byte[LENGTH];
  private final byte[] id = new byte[MAX_REQUEST_ID];

  TraceContext() {
    this(new SplittableRandom(new SecureRandom().nextLong()));
  }

  TraceContext(SplittableRandom random) {
    this.random = random;
    traceparent[0] = '0';
    traceparent[1] = '0';
    traceparent[TRACE_AT - 1] = '-';
    traceparent[SPAN_AT - 1] = '-';
    traceparent[FLAGS_AT - 1] = '-';
    traceparent[FLAGS_AT] = '0';
  }

  /** See {@link Recorder#identify}. */
  void identify(Exchange exchange, boolean trusted) {
    Headers headers = exchange.requestHeaders();
    boolean continued = parent.read(headers);
    if (continued) {
      hex(parent.high(), traceparent, TRACE_AT);
      hex(parent.low(), traceparent, TRACE_AT + 16);
    } else {
      hex(random.nextLong(), traceparent, TRACE_AT);
      hex(nonZero(), traceparent, TRACE_AT + 16);
      remove(headers, HeaderName.TRACESTATE);
    }
    hex(nonZero(), traceparent, SPAN_AT);
    traceparent[FLAGS_AT + 1] = DIGITS[continued ? parent.flags() : 1];
    remove(headers, HeaderName.TRACEPARENT);
    headers.add(HeaderName.TRACEPARENT, traceparent, 0, LENGTH);
    String traceId = new String(traceparent, TRACE_AT, ID, StandardCharsets.ISO_8859_1);
    exchange.traceId(traceId);
    exchange.requestId(requestId(headers, trusted, continued ? null : traceId));
  }

  /**
   * @param traceId what serves as request id too; null if the trace is the caller's and may hold
   *     other requests
   */
  private String requestId(Headers headers, boolean trusted, @Nullable String traceId) {
    if (headers.has(HeaderName.X_REQUEST_ID)) {
      int length = headers.copy(HeaderName.X_REQUEST_ID, id);
      if (trusted && headers.count(HeaderName.X_REQUEST_ID) == 1 && isRequestId(length)) {
        return new String(id, 0, length, StandardCharsets.ISO_8859_1);
      }
      headers.remove(HeaderName.X_REQUEST_ID);
    }
    if (traceId != null) {
      headers.add(HeaderName.X_REQUEST_ID, traceparent, TRACE_AT, ID);
      return traceId;
    }
    hex(random.nextLong(), id, 0);
    hex(random.nextLong(), id, 16);
    headers.add(HeaderName.X_REQUEST_ID, id, 0, ID);
    return new String(id, 0, ID, StandardCharsets.ISO_8859_1);
  }

  private boolean isRequestId(int length) {
    if (length < 1 || length > MAX_REQUEST_ID) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (id[i] < 0 || !REQUEST_ID[id[i]]) {
        return false;
      }
    }
    return true;
  }

  private static void remove(Headers headers, HeaderName name) {
    if (headers.has(name)) {
      headers.remove(name);
    }
  }

  private long nonZero() {
    long value;
    do {
      value = random.nextLong();
    } while (value == 0);
    return value;
  }

  private static void hex(long value, byte[] target, int from) {
    for (int i = 15, shift = 0; i >= 0; i--, shift += 4) {
      target[from + i] = DIGITS[(int) (value >>> shift) & 15];
    }
  }
}
