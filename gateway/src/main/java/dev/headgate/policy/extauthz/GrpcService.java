package dev.headgate.policy.extauthz;

import dev.headgate.callout.Answers.Keep;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.callout.DecisionCache;
import dev.headgate.callout.DecisionPoint;
import dev.headgate.callout.Known.Worth;
import dev.headgate.callout.Masked;
import dev.headgate.callout.Verdict;
import dev.headgate.exchange.Callouts.Answer.Answered;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Callouts.Terms;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.http.GrpcStatus;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.jose.Malformed;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A service that decides over gRPC: {@code envoy.service.auth.v3.Authorization/Check}. */
final class GrpcService implements DecisionPoint {
  private static final String TARGET = "/envoy.service.auth.v3.Authorization/Check";
  private static final int FRAME_HEAD = 5;
  private static final int OK = 200;

  private final ExtAuthz config;
  private final Terms terms;
  private final CheckRequest requests;
  private final Set<HeaderName> toUpstream;

  GrpcService(ExtAuthz config, Terms terms, IdentityHeaders identity) {
    this.config = config;
    this.terms = terms;
    this.requests = new CheckRequest(config.send().stream().map(HeaderName::of).toList(), identity);
    this.toUpstream = config.toUpstream().stream().map(HeaderName::of).collect(Collectors.toSet());
  }

  @Override
  public Callout question(Exchange exchange) {
    Headers headers = new Headers();
    headers.add(HeaderName.CONTENT_TYPE, "application/grpc");
    headers.add(HeaderName.GRPC_TIMEOUT, config.timeout().toMillis() + "m");
    byte[] message = requests.of(exchange);
    byte[] frame =
        ByteBuffer.allocate(FRAME_HEAD + message.length)
            .put((byte) 0)
            .putInt(message.length)
            .put(message)
            .array();
    return new Callout("POST", config.url(), TARGET, headers, frame, terms);
  }

  @Override
  public String shown(Exchange exchange, Callout question) {
    return TARGET
        + " of "
        + config.url().getRawAuthority()
        + " about "
        + exchange.method()
        + " "
        + exchange.scheme()
        + "://"
        + exchange.authority()
        + Masked.target(exchange.query() == null ? exchange.path() : exchange.path() + "?")
        + " from "
        + exchange.clientAddress();
  }

  @Override
  public Reply<Verdict> verdict(Answered answer) {
    String status = grpcStatus(answer);
    if (answer.status() != OK || !"0".equals(status)) {
      return new Reply.Failed<>(
          "an answer with status " + answer.status() + " and grpc-status " + number(status));
    }
    try {
      Verdict verdict = CheckResponse.verdict(message(answer), toUpstream);
      return new Reply.Told<>(verdict, keep(verdict));
    } catch (Malformed e) {
      return new Reply.Failed<>("an answer that cannot be read: " + e.getMessage());
    }
  }

  private static @Nullable String grpcStatus(Answered answer) {
    String last = answer.trailers().get(HeaderName.GRPC_STATUS);
    return last != null ? last : answer.headers().get(HeaderName.GRPC_STATUS);
  }

  private static String number(@Nullable String status) {
    return status != null && status.length() <= 3 && status.chars().allMatch(Character::isDigit)
        ? status
        : "none";
  }

  /** One message, not compressed, and nothing after it. */
  private static ProtoReader message(Answered answer) throws Malformed {
    byte[] body = answer.body();
    if (!GrpcStatus.isGrpc(answer.headers().get(HeaderName.CONTENT_TYPE))) {
      throw new Malformed("it is not of gRPC");
    }
    if (body.length < FRAME_HEAD
        || body[0] != 0
        || ByteBuffer.wrap(body).getInt(1) != body.length - FRAME_HEAD) {
      throw new Malformed("not one message");
    }
    return new ProtoReader(body, FRAME_HEAD, body.length);
  }

  private Keep keep(Verdict verdict) {
    DecisionCache cache = config.cache();
    return cache == null || verdict.setsCookie()
        ? Keep.NOT
        : Keep.just(cache.time(), verdict instanceof Verdict.Allowed ? Worth.MUCH : Worth.LITTLE);
  }
}
