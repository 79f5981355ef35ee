package dev.headgate.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTP/1 response as it arrived. */
public final class RawResponse {
  private final Head head;
  private final byte[] body;
  private final List<Header> trailers;
  private final List<RawResponse> informational;
  private final byte[] raw;

  RawResponse(
      Head head, byte[] body, List<Header> trailers, List<RawResponse> informational, byte[] raw) {
    this.head = head;
    this.body = body;
    this.trailers = trailers;
    this.informational = informational;
    this.raw = raw;
  }

  /** A checked head and no more. */
  static RawResponse of(Head head) throws ProtocolViolation {
    String line = head.startLine();
    boolean wellFormed =
        line.length() >= 13
            && (line.startsWith("HTTP/1.1 ") || line.startsWith("HTTP/1.0 "))
            && line.charAt(12) == ' '
            && line.substring(9, 12).chars().allMatch(c -> c >= '0' && c <= '9');
    if (!wellFormed) {
      throw new ProtocolViolation("Not a status line: \"" + line + "\"");
    }
    return new RawResponse(
        head, new byte[0], List.of(), List.of(), head.raw().getBytes(ISO_8859_1));
  }

  public int status() {
    return Integer.parseInt(statusLine().substring(9, 12));
  }

  public String statusLine() {
    return head.startLine();
  }

  Head head() {
    return head;
  }

  /** Every field, in the order of the wire. */
  public List<Header> headers() {
    return head.headers();
  }

  /** Decoded from its framing. */
  public byte[] body() {
    return body.clone();
  }

  public List<Header> trailers() {
    return trailers;
  }

  /** The 1xx responses that came before, in order. */
  public List<RawResponse> informational() {
    return informational;
  }

  /** Every byte from the first informational response to the last of this one, up to 16 MiB. */
  public byte[] raw() {
    return raw.clone();
  }

  /** The first value of that name, case ignored; null where there is none. */
  public @Nullable String header(String name) {
    return head.header(name);
  }

  /** Every value of that name, case ignored. */
  public List<String> headers(String name) {
    return Header.all(headers(), name);
  }

  public @Nullable String trailer(String name) {
    return Header.first(trailers, name);
  }

  /** The body as UTF-8. */
  public String text() {
    return new String(body, UTF_8);
  }

  /** The raw bytes as Latin-1. */
  public String rawText() {
    return new String(raw, ISO_8859_1);
  }

  @Override
  public String toString() {
    return rawText();
  }
}
