package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;

/**
 * Reads which trace a caller is in: {@code traceparent} (W3C Trace Context), else {@code b3} in one
 * field, else {@code X-B3-TraceId} and its companions, else Jaeger's {@code uber-trace-id}. Strict:
 * what is not well-formed, or given twice, counts as not given. Keeps what it read last.
 */
@LoopConfined
final class TraceParent {
  /** Longer values are not well-formed in any of the formats that end. */
  private static final int LONGEST = 160;

  private static final int W3C_LENGTH = 55;
  private static final byte[] VALUES = new byte[128];

  static {
    for (int c = 0; c < 128; c++) {
      VALUES[c] = (byte) Character.digit(c, 16);
    }
  }

  private final byte[] text = new byte[LONGEST];
  private int length;
  private int at;

  private long high;
  private long low;
  private int flags;

  // What hex() and run() read.
  private long number;
  private long runHigh;
  private long runLow;

  /** The first half of the trace's id. */
  long high() {
    return high;
  }

  /** The second half of the trace's id. */
  long low() {
    return low;
  }

  /**
   * The flags of traceparent: 1 for sampled, 2 for a random id. Who leaves sampling to us gets it.
   */
  int flags() {
    return flags;
  }

  /** Looks for a trace in the request; returns whether there is one. */
  boolean read(Headers headers) {
    if (headers.has(HeaderName.TRACEPARENT)) {
      return load(headers, HeaderName.TRACEPARENT) && w3c();
    }
    if (headers.has(HeaderName.B3)) {
      return load(headers, HeaderName.B3) && b3();
    }
    if (headers.has(HeaderName.X_B3_TRACEID)) {
      return load(headers, HeaderName.X_B3_TRACEID) && b3Fields(headers);
    }
    return headers.has(HeaderName.UBER_TRACE_ID)
        && load(headers, HeaderName.UBER_TRACE_ID)
        && jaeger();
  }

  private boolean load(Headers headers, HeaderName name) {
    length = headers.copy(name, text);
    at = 0;
    return length >= 0 && length <= LONGEST && headers.count(name) == 1;
  }

  /**
   * Version, trace, parent and flags, in lower case; later versions may add fields after a dash.
   */
  private boolean w3c() {
    if (length < W3C_LENGTH || upperCase()) {
      return false;
    }
    if (!hex(2) || number == 0xff) {
      return false;
    }
    boolean first = number == 0;
    if (first ? length != W3C_LENGTH : (length > W3C_LENGTH && text[W3C_LENGTH] != '-')) {
      return false;
    }
    if (!skip('-') || !trace128() || !skip('-') || !span() || !skip('-') || !hex(2)) {
      return false;
    }
    flags = (int) number & 3;
    return true;
  }

  private boolean upperCase() {
    for (int i = 0; i < W3C_LENGTH; i++) {
      if (text[i] >= 'A' && text[i] <= 'F') {
        return true;
      }
    }
    return false;
  }

  /**
   * Trace and span, then maybe the sampling state, then maybe the parent. A sampling state alone
   * names no trace.
   */
  private boolean b3() {
    boolean trace = (length > 32 && text[32] == '-') ? trace128() : trace64();
    if (!trace || !skip('-') || !span()) {
      return false;
    }
    flags = 1;
    if (at == length) {
      return true;
    }
    if (!skip('-') || at == length) {
      return false;
    }
    byte state = text[at++];
    flags = state == '0' ? 0 : 1;
    if (state != '0' && state != '1' && state != 'd') {
      return false;
    }
    return at == length || (skip('-') && span() && at == length);
  }

  private boolean b3Fields(Headers headers) {
    if (!(length == 32 ? trace128() : length == 16 && trace64())) {
      return false;
    }
    if (!load(headers, HeaderName.X_B3_SPANID) || length != 16 || !span()) {
      return false;
    }
    boolean unsampled =
        headers.valueIs(HeaderName.X_B3_SAMPLED, "0")
            || headers.valueIs(HeaderName.X_B3_SAMPLED, "false");
    flags = unsampled ? 0 : 1;
    return true;
  }

  /** Trace, span, parent and flags, without leading zeros; the colons may be percent-encoded. */
  private boolean jaeger() {
    decodeColons();
    int digits = run();
    long traceHigh = runHigh;
    long traceLow = runLow;
    if (digits == 0 || digits > 32 || !skip(':') || !shortRun(16) || runLow == 0) {
      return false;
    }
    if (!skip(':') || !shortRun(16) || !skip(':') || !shortRun(2) || at != length) {
      return false;
    }
    high = traceHigh;
    low = traceLow;
    flags = (int) runLow & 1;
    return (high | low) != 0;
  }

  private void decodeColons() {
    int to = 0;
    for (int i = 0; i < length; i++, to++) {
      text[to] = text[i];
      if (text[i] == '%' && i + 2 < length && text[i + 1] == '3' && (text[i + 2] | 0x20) == 'a') {
        text[to] = ':';
        i += 2;
      }
    }
    length = to;
  }

  private boolean shortRun(int most) {
    int digits = run();
    return digits > 0 && digits <= most;
  }

  /**
   * Reads the hexadecimal digits that are next, into {@link #runHigh} and {@link #runLow}; returns
   * how many there are.
   */
  private int run() {
    int from = at;
    runHigh = 0;
    runLow = 0;
    for (; at < length; at++) {
      int value = text[at] < 0 ? -1 : VALUES[text[at]];
      if (value < 0) {
        break;
      }
      runHigh = (runHigh << 4) | (runLow >>> 60);
      runLow = (runLow << 4) | value;
    }
    return at - from;
  }

  private boolean trace128() {
    if (!hex(16)) {
      return false;
    }
    high = number;
    if (!hex(16)) {
      return false;
    }
    low = number;
    return (high | low) != 0;
  }

  private boolean trace64() {
    high = 0;
    if (!hex(16)) {
      return false;
    }
    low = number;
    return low != 0;
  }

  private boolean span() {
    return hex(16) && number != 0;
  }

  private boolean skip(int b) {
    return at < length && text[at++] == b;
  }

  /** Reads so many hexadecimal digits into {@link #number}. */
  private boolean hex(int digits) {
    if (length - at < digits) {
      return false;
    }
    long result = 0;
    int wrong = 0;
    for (int i = at; i < at + digits; i++) {
      int value = VALUES[text[i] & 0x7f];
      wrong |= value | text[i];
      result = (result << 4) | value;
    }
    at += digits;
    number = result;
    // A negative byte is not ASCII, a negative value is not a digit.
    return wrong >= 0;
  }
}
