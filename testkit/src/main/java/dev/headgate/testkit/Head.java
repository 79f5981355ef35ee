package dev.headgate.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The head of an HTTP/1 message, read strictly: start line, fields, and the raw text of both. */
record Head(String startLine, List<Header> headers, String raw) {
  private static final int CAP = 1024 * 1024;
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  /** Null where the stream ends before the first byte. */
  static @Nullable Head read(ByteReader reader) throws IOException {
    if (!reader.await(1)) {
      return null;
    }
    StringBuilder raw = new StringBuilder();
    String startLine = reader.line(CAP);
    raw.append(startLine).append("\r\n");
    List<Header> headers = fields(reader, raw);
    return new Head(startLine, headers, raw.toString());
  }

  /** Field lines up to and including the empty line: a head's or a trailer section's. */
  static List<Header> fields(ByteReader reader, StringBuilder raw) throws IOException {
    List<Header> headers = new ArrayList<>();
    while (true) {
      String line = reader.line(CAP);
      raw.append(line).append("\r\n");
      if (line.isEmpty()) {
        return List.copyOf(headers);
      }
      headers.add(field(line));
      if (raw.length() > CAP) {
        throw new ProtocolViolation("A head of more than " + CAP + " bytes");
      }
    }
  }

  private static Header field(String line) throws ProtocolViolation {
    int colon = line.indexOf(':');
    if (colon <= 0) {
      throw new ProtocolViolation("Not a field line: \"" + line + "\"");
    }
    for (int i = 0; i < colon; i++) {
      if (!isTokenChar(line.charAt(i))) {
        throw new ProtocolViolation("A bad field name: \"" + line + "\"");
      }
    }
    for (int i = colon + 1; i < line.length(); i++) {
      char c = line.charAt(i);
      if ((c < ' ' && c != '\t') || c == 0x7f) {
        throw new ProtocolViolation("A control byte in the field \"" + line + "\"");
      }
    }
    return new Header(line.substring(0, colon), line.substring(colon + 1).strip());
  }

  private static boolean isTokenChar(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_MARKS.indexOf(c) >= 0;
  }

  @Nullable String header(String name) {
    return Header.first(headers, name);
  }

  boolean isChunked() throws ProtocolViolation {
    List<String> codings = Header.all(headers, "transfer-encoding");
    if (codings.isEmpty()) {
      return false;
    }
    if (codings.size() > 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
      throw new ProtocolViolation("Transfer codings other than chunked: " + codings);
    }
    if (header("content-length") != null) {
      throw new ProtocolViolation("Both Content-Length and Transfer-Encoding in\n" + raw);
    }
    return true;
  }

  /** The declared length; -1 where there is none. */
  long contentLength() throws ProtocolViolation {
    List<String> lengths = Header.all(headers, "content-length");
    if (lengths.isEmpty()) {
      return -1;
    }
    String length = lengths.getFirst();
    if (lengths.size() > 1
        || length.isEmpty()
        || length.length() > 18
        || !length.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new ProtocolViolation("A bad Content-Length: " + lengths);
    }
    return Long.parseLong(length);
  }
}
