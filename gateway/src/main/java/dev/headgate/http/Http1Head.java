package dev.headgate.http;

import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an HTTP/1 request or response, strictly (RFC 9112 sections 2 to 5).
 *
 * <p>What arrives is copied once, in steps, into the array of the {@link Headers} to fill, and
 * parsed there, a line at a time: each line is looked at when its end has come, so that a head that
 * trickles in byte by byte costs no more than its length. Nothing that two parsers could understand
 * differently gets through: a bare CR or LF, white space before a colon, a folded line, a control
 * byte, more than one space in the request line are all refused.
 */
@LoopConfined
public final class Http1Head {
  private static final int STEP = 2048;

  private enum Part {
    START,
    FIELDS
  }

  private final int lineLimit;
  private final int headLimit;
  private final int countLimit;

  private Headers headers = new Headers();
  private boolean response;
  private Part part = Part.START;
  private int filled;
  private int line;
  private int scanned;
  private boolean skippedEmptyLine;

  private String method = "";
  private String target = "";
  private int status;
  private int minor;

  /**
   * @param lineLimit bytes of the first line
   * @param headLimit bytes of the whole head
   * @param countLimit number of fields
   */
  public Http1Head(int lineLimit, int headLimit, int countLimit) {
    this.lineLimit = lineLimit;
    this.headLimit = headLimit;
    this.countLimit = countLimit;
  }

  /** Prepares for a request whose fields go into these headers. */
  public void startRequest(Headers into) {
    start(into, false);
  }

  /** Prepares for a response whose fields go into these headers. */
  public void startResponse(Headers into) {
    start(into, true);
  }

  private void start(Headers into, boolean isResponse) {
    headers = into;
    headers.clear();
    response = isResponse;
    part = Part.START;
    filled = 0;
    line = 0;
    scanned = 0;
    skippedEmptyLine = false;
  }

  /** Forgets the message, so that nothing has been {@link #started}. */
  public void reset() {
    filled = 0;
    skippedEmptyLine = false;
  }

  /** Whether any byte of the message has been read. */
  public boolean started() {
    return filled > 0 || skippedEmptyLine;
  }

  public String method() {
    return method;
  }

  public String target() {
    return target;
  }

  /** The status of a response. */
  public int status() {
    return status;
  }

  /** The minor version: 0 or 1. */
  public int minor() {
    return minor;
  }

  public Headers headers() {
    return headers;
  }

  /**
   * Reads from a buffer, up to the end of the head and no further.
   *
   * @return whether the head is complete
   */
  public boolean read(ByteBuf in) throws BadMessage {
    while (true) {
      int count = Math.min(Math.min(in.readableBytes(), STEP), headLimit - filled);
      if (count > 0) {
        in.readBytes(headers.storage(filled + count), filled, count);
        filled += count;
      }
      if (parseLines()) {
        // What was copied beyond the head is body or the next message: give it back.
        in.readerIndex(in.readerIndex() - (filled - line));
        headers.storageEnd(line);
        return true;
      }
      if (filled >= headLimit || (part == Part.START && filled - line > lineLimit)) {
        throw part == Part.START ? lineTooLong() : tooLarge();
      }
      if (!in.isReadable()) {
        return false;
      }
    }
  }

  /** Parses all complete lines; says whether the empty line that ends the head was among them. */
  private boolean parseLines() throws BadMessage {
    byte[] bytes = headers.storage(0);
    while (true) {
      int lf = indexOfLf(bytes, Math.max(line, scanned), filled);
      if (lf < 0) {
        scanned = filled;
        return false;
      }
      if (lf == line || bytes[lf - 1] != '\r') {
        throw bad("framing.bare_lf", "a line ends in LF without CR");
      }
      int end = lf - 1;
      int start = line;
      line = lf + 1;
      if (part == Part.FIELDS) {
        if (end == start) {
          return true;
        }
        field(bytes, start, end);
      } else if (end > start) {
        if (end - start > lineLimit) {
          throw lineTooLong();
        }
        if (response) {
          statusLine(bytes, start, end);
        } else {
          requestLine(bytes, start, end);
        }
        part = Part.FIELDS;
      } else if (skippedEmptyLine || response) {
        throw bad("framing.start_line", "an empty line in place of the first line");
      } else {
        // RFC 9112 section 2.2: one empty line before a request is ignored.
        skippedEmptyLine = true;
      }
    }
  }

  private static int indexOfLf(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void requestLine(byte[] bytes, int start, int end) throws BadMessage {
    int i = start;
    while (i < end && Tokens.tokenLower(bytes[i]) != 0) {
      i++;
    }
    if (i == start || i == end || bytes[i] != ' ') {
      throw bad("framing.start_line", "the request line does not begin with a method and a space");
    }
    method = method(bytes, start, i);
    int targetStart = ++i;
    while (i < end && Tokens.isTarget(bytes[i])) {
      i++;
    }
    if (i == targetStart || i == end || bytes[i] != ' ') {
      throw bad(
          "framing.target",
          "the request target is empty or holds a character that may not stand there");
    }
    target = new String(bytes, targetStart, i - targetStart, StandardCharsets.ISO_8859_1);
    minor = version(bytes, i + 1, end);
  }

  private void statusLine(byte[] bytes, int start, int end) throws BadMessage {
    if (end - start < 12 || bytes[start + 8] != ' ') {
      throw bad("framing.start_line", "the status line is too short");
    }
    minor = version(bytes, start, start + 8);
    int code = 0;
    for (int i = start + 9; i < start + 12; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        throw bad("framing.start_line", "the status is not a number of three digits");
      }
      code = code * 10 + digit;
    }
    if (code < 100 || code > 599 || (end > start + 12 && bytes[start + 12] != ' ')) {
      throw bad("framing.start_line", "the status is out of range");
    }
    for (int i = start + 12; i < end; i++) {
      if (!Tokens.isFieldValue(bytes[i])) {
        throw bad("framing.control", "a control byte in the reason phrase");
      }
    }
    status = code;
  }

  private static int version(byte[] bytes, int from, int end) throws BadMessage {
    boolean http =
        end - from == 8
            && bytes[from] == 'H'
            && bytes[from + 1] == 'T'
            && bytes[from + 2] == 'T'
            && bytes[from + 3] == 'P'
            && bytes[from + 4] == '/'
            && bytes[from + 6] == '.';
    if (!http) {
      throw bad("framing.start_line", "no HTTP version where one must be");
    }
    if (bytes[from + 5] != '1' || (bytes[from + 7] != '1' && bytes[from + 7] != '0')) {
      throw new BadMessage(505, "framing.version", "an HTTP version other than 1.0 and 1.1");
    }
    return bytes[from + 7] - '0';
  }

  private void field(byte[] bytes, int start, int end) throws BadMessage {
    if (headers.size() >= countLimit) {
      throw new BadMessage(431, "limit.header_count", "more than " + countLimit + " header fields");
    }
    parseField(headers, bytes, start, end);
  }

  /** Parses one field line, without its CR LF, and adds it. */
  static void parseField(Headers into, byte[] bytes, int start, int end) throws BadMessage {
    int hash = 0;
    int i = start;
    for (; i < end; i++) {
      int lower = Tokens.tokenLower(bytes[i]);
      if (lower == 0) {
        break;
      }
      hash = HeaderName.step(hash, lower);
    }
    if (i == start || i == end || bytes[i] != ':') {
      throw bad(
          i == start && i < end && (bytes[i] == ' ' || bytes[i] == '\t')
              ? "framing.folded"
              : "framing.field_name",
          "a header field does not begin with a name and a colon");
    }
    int nameLength = i - start;
    int valueStart = i + 1;
    int valueEnd = end;
    while (valueStart < valueEnd && isBlank(bytes[valueStart])) {
      valueStart++;
    }
    while (valueEnd > valueStart && isBlank(bytes[valueEnd - 1])) {
      valueEnd--;
    }
    for (int j = valueStart; j < valueEnd; j++) {
      if (!Tokens.isFieldValue(bytes[j])) {
        throw bad("framing.control", "a control byte in a header field's value");
      }
    }
    into.row(
        HeaderName.key(hash, bytes, start, nameLength),
        start,
        nameLength,
        valueStart,
        valueEnd - valueStart);
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  /** The usual methods without making a string. */
  private static String method(byte[] bytes, int from, int to) throws BadMessage {
    String common = commonMethod(bytes, from, to);
    if (common != null) {
      return common;
    }
    if (to - from > 32) {
      throw new BadMessage(501, "framing.method", "a method of more than 32 characters");
    }
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static @Nullable String commonMethod(byte[] bytes, int from, int to) {
    String candidate =
        switch (bytes[from]) {
          case 'G' -> "GET";
          case 'H' -> "HEAD";
          case 'D' -> "DELETE";
          case 'O' -> "OPTIONS";
          case 'P' -> to - from == 4 ? "POST" : to - from == 3 ? "PUT" : "PATCH";
          default -> "";
        };
    if (candidate.length() != to - from) {
      return null;
    }
    for (int i = 0; i < candidate.length(); i++) {
      if (bytes[from + i] != candidate.charAt(i)) {
        return null;
      }
    }
    return candidate;
  }

  private static BadMessage bad(String reason, String detail) {
    return new BadMessage(400, reason, detail);
  }

  private BadMessage lineTooLong() {
    return new BadMessage(
        414, "limit.request_line", "a first line of more than " + lineLimit + " bytes");
  }

  private BadMessage tooLarge() {
    return new BadMessage(431, "limit.header_bytes", "a head of more than " + headLimit + " bytes");
  }
}
