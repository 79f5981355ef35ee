package dev.headgate.http;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway's own answers are in the words of gRPC, whose callers look at {@code
 * grpc-status} and not at the status of HTTP.
 */
public final class GrpcStatus {
  public static final int UNKNOWN = 2;
  public static final int DEADLINE_EXCEEDED = 4;
  public static final int PERMISSION_DENIED = 7;
  public static final int RESOURCE_EXHAUSTED = 8;
  public static final int UNIMPLEMENTED = 12;
  public static final int INTERNAL = 13;
  public static final int UNAVAILABLE = 14;
  public static final int UNAUTHENTICATED = 16;

  private static final String HEX = "0123456789ABCDEF";

  private GrpcStatus() {}

  /** Whether a request of this content type is a gRPC call. */
  public static boolean isGrpc(@Nullable String contentType) {
    return contentType != null
        && contentType.startsWith("application/grpc")
        && (contentType.length() == 16
            || contentType.charAt(16) == '+'
            || contentType.charAt(16) == ';');
  }

  /**
   * The gRPC status that stands for an answer of the gateway's own: as the gRPC specification maps
   * the status of HTTP, and more exactly where the gateway knows more.
   *
   * @param status the HTTP status
   * @param reason the failure's reason
   */
  public static int of(int status, String reason) {
    return switch (status) {
      case 400 -> INTERNAL;
      case 401 -> UNAUTHENTICATED;
      case 403 -> PERMISSION_DENIED;
      case 404 -> UNIMPLEMENTED;
      case 408 -> DEADLINE_EXCEEDED;
      case 413, 431 -> RESOURCE_EXHAUSTED;
      // A call that got no connection in time has done nothing and may be tried again; one that got
      // no answer may not.
      case 504 -> reason.equals("upstream.connect_timeout") ? UNAVAILABLE : DEADLINE_EXCEEDED;
      case 429, 502, 503 -> UNAVAILABLE;
      default -> UNKNOWN;
    };
  }

  /** The code that {@code grpc-status} carries; -1 if it carries none. */
  public static int code(@Nullable String value) {
    if (value == null || value.isEmpty() || value.length() > 2) {
      return -1;
    }
    int code = 0;
    for (int i = 0; i < value.length(); i++) {
      int digit = value.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      code = code * 10 + digit;
    }
    return code;
  }

  /**
   * A text as {@code grpc-message} carries it: percent-encoded but for visible ASCII and the space.
   */
  public static String message(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 0x20 && b < 0x7f && b != '%') {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.charAt(b >> 4 & 0xf)).append(HEX.charAt(b & 0xf));
      }
    }
    return out.toString();
  }
}
