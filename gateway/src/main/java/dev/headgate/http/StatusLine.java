package dev.headgate.http;

import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;

/** The status lines of HTTP/1.1 answers as bytes, with the usual reason phrases. */
public final class StatusLine {
  private static final byte[][] LINES = new byte[600][];

  static {
    for (int status = 100; status < LINES.length; status++) {
      LINES[status] =
          ("HTTP/1.1 " + status + " " + phrase(status) + "\r\n")
              .getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  private StatusLine() {}

  /**
   * @param status 100 to 599
   */
  public static byte[] of(int status) {
    return LINES[status];
  }

  public static String phrase(int status) {
    return HttpResponseStatus.valueOf(status).reasonPhrase();
  }
}
