package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.testkit.Header;
import io.netty.handler.codec.http2.Http2Error;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A response as it arrived on a stream, whole or cut off by a reset. */
public final class Http2Response {
  private final List<Header> headers;
  private final byte[] body;
  private final List<Header> trailers;
  private final List<Http2Response> informational;
  private final @Nullable Http2Error resetCode;

  Http2Response(
      List<Header> headers,
      byte[] body,
      List<Header> trailers,
      List<Http2Response> informational,
      @Nullable Http2Error resetCode) {
    this.headers = headers;
    this.body = body;
    this.trailers = trailers;
    this.informational = informational;
    this.resetCode = resetCode;
  }

  static int statusOf(List<Header> headers) {
    String status = Header.first(headers, ":status");
    return status == null ? 0 : Integer.parseInt(status);
  }

  /** 0 where the stream was reset before a response. */
  public int status() {
    return statusOf(headers);
  }

  /** Every field in order, {@code :status} included. */
  public List<Header> headers() {
    return headers;
  }

  public @Nullable String header(String name) {
    return Header.first(headers, name);
  }

  public List<String> headers(String name) {
    return Header.all(headers, name);
  }

  public byte[] body() {
    return body.clone();
  }

  public String text() {
    return new String(body, UTF_8);
  }

  public List<Header> trailers() {
    return trailers;
  }

  public @Nullable String trailer(String name) {
    return Header.first(trailers, name);
  }

  public List<Http2Response> informational() {
    return informational;
  }

  /** Null where the stream ended properly. */
  public @Nullable Http2Error resetCode() {
    return resetCode;
  }

  @Override
  public String toString() {
    return headers + " " + text() + " " + trailers + (resetCode == null ? "" : " " + resetCode);
  }
}
