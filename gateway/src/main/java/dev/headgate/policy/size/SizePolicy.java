package dev.headgate.policy.size;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Size;
import dev.headgate.content.BodyLook;
import dev.headgate.content.InflationLimits;
import dev.headgate.exchange.AnswerInspector;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.MessageRules;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Says whether a request and its answer are too large, of what is known at the time. */
@LoopConfined
final class SizePolicy implements Policy {
  private final SizeLimits limits;
  private final long most;

  /** Null where it does not matter what bodies inflate to. */
  private final @Nullable BodyLook inflation;

  SizePolicy(SizeLimits limits) {
    this.limits = limits;
    Size request = limits.request();
    this.most = request == null ? Long.MAX_VALUE : request.bytes();
    Size inflated = limits.inflated();
    Integer ratio = limits.inflationRatio();
    this.inflation =
        inflated == null && ratio == null
            ? null
            : new BodyLook(
                new InflationLimits(
                    inflated == null ? Long.MAX_VALUE : inflated.bytes(),
                    ratio == null ? Integer.MAX_VALUE : ratio,
                    Stage.PROTECT));
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Failure failure = head(exchange);
    if (failure != null) {
      return Decision.fail(failure);
    }
    Size response = limits.response();
    if (response != null && !exchange.webSocket()) {
      exchange.inspectAnswer(this, new Answer(response.bytes()));
    }
    return exchange.bodiless() || exchange.webSocket() ? Decision.CONTINUE : body(exchange);
  }

  private @Nullable Failure head(Exchange exchange) {
    Headers headers = exchange.requestHeaders();
    Integer most = limits.headerCount();
    if (most != null && sent(headers) > most) {
      return refused(431, "headers.too_many", sent(headers) + " fields, more than " + most);
    }
    Size largest = limits.headers();
    if (largest != null && sentBytes(headers) > largest.bytes()) {
      return refused(
          431, "headers.too_large", sentBytes(headers) + " bytes of fields, more than " + largest);
    }
    Size longest = limits.query();
    String query = exchange.query();
    return longest != null && query != null && query.length() > longest.bytes()
        ? refused(414, "query.too_long", query.length() + " bytes of query, more than " + longest)
        : null;
  }

  /** How many fields there are besides those that the gateway writes into every request. */
  private static int sent(Headers headers) {
    return headers.size()
        - headers.count(HeaderName.X_REQUEST_ID)
        - headers.count(HeaderName.TRACEPARENT);
  }

  private static int sentBytes(Headers headers) {
    return headers.length()
        - headers.length(HeaderName.X_REQUEST_ID)
        - headers.length(HeaderName.TRACEPARENT);
  }

  private Decision body(Exchange exchange) {
    if (announced(exchange.requestHeaders()) > most) {
      return Decision.fail(tooLarge());
    }
    if (inflation != null && !inflation.looks(exchange, this)) {
      Decision decision = inflation.look(exchange, this, BodyInspector.ANY);
      if (!(decision instanceof Decision.Continue)) {
        return decision;
      }
    }
    if (most < Long.MAX_VALUE) {
      exchange.inspectBody(this, new Request());
    }
    return Decision.CONTINUE;
  }

  @Override
  public void onEnd(Exchange exchange) {
    if (inflation != null) {
      inflation.end(exchange, this);
    }
  }

  /** How long a body says that it is; 0 if it does not. */
  private static long announced(Headers headers) {
    try {
      return headers.has(HeaderName.CONTENT_LENGTH) ? MessageRules.contentLength(headers) : 0;
    } catch (BadMessage e) {
      return Long.MAX_VALUE; // Of several values, or one that is no number.
    }
  }

  private Failure tooLarge() {
    return refused(413, "body.too_large", "a body of more than " + most + " bytes");
  }

  private static Failure refused(int status, String reason, String detail) {
    return Failure.client(Stage.PROTECT, status, reason, detail);
  }

  /** A request of which it is counted how much comes. */
  private final class Request implements BodyInspector {
    private long seen;

    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      seen += piece.remaining();
      return seen > most ? tooLarge() : null;
    }

    @Override
    public @Nullable Failure end() {
      return null;
    }
  }

  /** An answer of which it is counted how much comes. */
  private static final class Answer implements AnswerInspector {
    private final long most;
    private long seen;

    Answer(long most) {
      this.most = most;
    }

    @Override
    public @Nullable Failure head(int status, Headers headers) {
      return announced(headers) > most ? tooLarge() : null;
    }

    @Override
    public @Nullable Failure piece(ByteBuffer piece) {
      seen += piece.remaining();
      return seen > most ? tooLarge() : null;
    }

    @Override
    public @Nullable Failure end() {
      return null;
    }

    private Failure tooLarge() {
      return new Failure(
          Stage.PROTECT,
          Failure.Source.UPSTREAM,
          false,
          502,
          "response.too_large",
          "an answer of more than " + most + " bytes");
    }
  }
}
