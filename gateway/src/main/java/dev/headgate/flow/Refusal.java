package dev.headgate.flow;

import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.http.GrpcStatus;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * How a failure is told to the caller: as a problem (RFC 9457), or to a gRPC caller, who looks for
 * nothing else, as a {@code grpc-status}.
 *
 * @param status what the answer's status is on the wire
 */
record Refusal(int status, byte[] body) {
  static final byte[] NO_BODY = {};
  private static final int OK = 200;

  /** Makes the answer; the fields that belong to it go into the exchange's response headers. */
  static Refusal of(Exchange exchange, Failure failure, Decision.@Nullable OwnAnswer own) {
    Headers headers = exchange.responseHeaders();
    if (exchange.forwardNanos() != 0) {
      headers.clear(); // of an upstream's answer that came to nothing
    }
    if (own != null && !isGrpc(exchange)) {
      headers.addAll(own.headers());
      return new Refusal(own.status(), own.body());
    }
    if (!isGrpc(exchange)) {
      headers.add(HeaderName.CONTENT_TYPE, ProblemBody.CONTENT_TYPE);
      return new Refusal(failure.status(), ProblemBody.of(failure, exchange.requestId()));
    }
    headers.add(HeaderName.CONTENT_TYPE, "application/grpc");
    headers.add(
        HeaderName.GRPC_STATUS,
        Integer.toString(GrpcStatus.of(failure.status(), failure.reason())));
    headers.add(HeaderName.GRPC_MESSAGE, GrpcStatus.message(failure.reason()));
    return new Refusal(OK, NO_BODY);
  }

  /** Whether the caller looks for a {@code grpc-status}. */
  static boolean isGrpc(Exchange exchange) {
    return GrpcStatus.isGrpc(exchange.requestHeaders().get(HeaderName.CONTENT_TYPE));
  }
}
