package dev.headgate.flow;

import dev.headgate.exchange.Failure;
import dev.headgate.http.StatusLine;
import java.nio.charset.StandardCharsets;

/**
 * The body of a refusal as RFC 9457 has it. Everything in it is a word of the gateway's own or a
 * checked id, so nothing needs escaping, and it says nothing of the inside: the failure's detail
 * goes to the log only.
 */
final class ProblemBody {
  static final String CONTENT_TYPE = "application/problem+json";

  private ProblemBody() {}

  static byte[] of(Failure failure, String requestId) {
    return ("{\"type\":\"about:blank\",\"title\":\""
            + StatusLine.phrase(failure.status())
            + "\",\"status\":"
            + failure.status()
            + ",\"reason\":\""
            + failure.reason()
            + "\",\"stage\":\""
            + failure.stage().word()
            + "\",\"request_id\":\""
            + requestId
            + "\"}")
        .getBytes(StandardCharsets.US_ASCII);
  }
}
