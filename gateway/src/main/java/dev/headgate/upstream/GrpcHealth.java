package dev.headgate.upstream;

import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.http.GrpcStatus;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The gRPC health checking protocol, {@code grpc.health.v1.Health/Check}: a message with one text,
 * and one with one number in answer.
 */
final class GrpcHealth {
  static final String PATH = "/grpc.health.v1.Health/Check";

  /** Whether the message is compressed, and its length in four bytes. */
  private static final int FRAME_HEAD = 5;

  private static final int SERVICE = 0x0a;
  private static final int STATUS = 0x08;
  private static final int SERVING = 1;
  private static final int OK = 200;

  private GrpcHealth() {}

  /**
   * The body of a question.
   *
   * @param service the name of a service, at most 127 bytes; empty for the server as a whole
   */
  static byte[] question(String service) {
    byte[] name = service.getBytes(StandardCharsets.UTF_8);
    int length = name.length == 0 ? 0 : name.length + 2;
    ByteBuffer body = ByteBuffer.allocate(FRAME_HEAD + length).put((byte) 0).putInt(length);
    if (length > 0) {
      body.put((byte) SERVICE).put((byte) name.length).put(name);
    }
    return body.array();
  }

  /** Why the server is not well; null if it is. */
  static @Nullable String problem(Answer.Answered answer) {
    Headers headers = answer.headers();
    if (answer.status() != OK) {
      return "status " + answer.status();
    }
    if (!GrpcStatus.isGrpc(headers.get(HeaderName.CONTENT_TYPE))) {
      return "an answer that is not of gRPC";
    }
    String last = answer.trailers().get(HeaderName.GRPC_STATUS);
    String status = last == null ? headers.get(HeaderName.GRPC_STATUS) : last;
    if (!"0".equals(status)) {
      boolean number = status != null && status.length() <= 3 && digits(status);
      return "grpc-status " + (number ? status : "none");
    }
    byte[] body = answer.body();
    if (body.length < FRAME_HEAD
        || body[0] != 0
        || ByteBuffer.wrap(body).getInt(1) != body.length - FRAME_HEAD) {
      return "an answer that is not one message";
    }
    // All that is there is one number, which is left out where it is 0, for "unknown".
    boolean one = body.length == FRAME_HEAD + 2 && body[FRAME_HEAD] == STATUS;
    int said = one ? body[FRAME_HEAD + 1] : 0;
    return said == SERVING ? null : "not serving: " + word(said);
  }

  private static boolean digits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String word(int status) {
    return switch (status) {
      case 2 -> "NOT_SERVING";
      case 3 -> "SERVICE_UNKNOWN";
      default -> "UNKNOWN";
    };
  }
}
