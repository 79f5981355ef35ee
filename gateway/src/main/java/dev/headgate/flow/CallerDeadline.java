package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Route.CallerTimeout;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.http.GrpcTimeout;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.snapshot.CompiledRoute;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a caller waits for its answer, as it said so itself: a gRPC caller in {@code
 * grpc-timeout}, others in the field that the route names, if they are believed. The upstream is
 * told in the same field what is left.
 */
@LoopConfined
final class CallerDeadline {
  /** The reason where a gRPC caller waits no longer. */
  static final String GRPC = "grpc.deadline";

  /** The reason where any other caller waits no longer. */
  static final String CALLER = "caller.deadline";

  /** The longest deadline that is kept. */
  private static final long LONGEST = TimeUnit.DAYS.toNanos(1);

  private static final int DIGITS = 9;
  private static final long NONE = GrpcTimeout.NONE;
  private static final long MALFORMED = -2;

  private final long grpc;
  private final long own;
  private final @Nullable HeaderName field;
  private final boolean withUnit;

  private CallerDeadline(long grpc, long own, @Nullable HeaderName field, boolean withUnit) {
    this.grpc = Math.min(grpc, LONGEST);
    this.own = Math.min(own, LONGEST);
    this.field = field;
    this.withUnit = withUnit;
  }

  /**
   * What the caller says, and takes away what it may not say.
   *
   * @return null where it says nothing
   */
  static @Nullable CallerDeadline of(Exchange exchange, CompiledRoute route) {
    Headers headers = exchange.requestHeaders();
    long grpc =
        headers.has(HeaderName.GRPC_TIMEOUT) && Refusal.isGrpc(exchange)
            ? GrpcTimeout.nanos(headers.get(HeaderName.GRPC_TIMEOUT))
            : NONE;
    HeaderName field = route.callerTimeout();
    CallerTimeout rule = route.config().callerTimeout();
    if (field == null || rule == null || !headers.has(field)) {
      return grpc == NONE ? null : new CallerDeadline(grpc, NONE, null, false);
    }
    if (rule.from() == CallerTimeout.From.TRUSTED_PROXIES && !exchange.trustedPeer()) {
      headers.remove(field);
      exchange.note(Stage.ADMIT, field.text() + " is taken away: no trusted proxy sent it");
      return grpc == NONE ? null : new CallerDeadline(grpc, NONE, null, false);
    }
    String text = headers.count(field) == 1 ? headers.get(field) : null;
    boolean withUnit = text != null && text.endsWith("s");
    return new CallerDeadline(grpc, text == null ? MALFORMED : nanos(text), field, withUnit);
  }

  /** How long that is; {@link #MALFORMED} if nobody can tell. */
  private static long nanos(String text) {
    int digits = 0;
    long amount = 0;
    while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
      if (digits == DIGITS) {
        return MALFORMED;
      }
      amount = amount * 10 + (text.charAt(digits++) - '0');
    }
    TimeUnit unit =
        switch (text.substring(digits)) {
          case "", "ms" -> TimeUnit.MILLISECONDS;
          case "s" -> TimeUnit.SECONDS;
          case "m" -> TimeUnit.MINUTES;
          default -> null;
        };
    return digits == 0 || unit == null ? MALFORMED : unit.toNanos(amount);
  }

  /** Why the request is answered at once; null if there is time for it. */
  @Nullable Failure refusal(Exchange exchange) {
    if (own == MALFORMED) {
      return Failure.client(
          Stage.ADMIT, 400, "deadline.malformed", "no number of milliseconds in " + name());
    }
    exchange.note(
        Stage.ADMIT, "the caller waits " + TimeUnit.NANOSECONDS.toMillis(nanos()) + " ms");
    return nanos() > 0
        ? null
        : Failure.client(Stage.ADMIT, 504, reason(), "the caller does not wait any more");
  }

  private String name() {
    return field == null ? HeaderName.GRPC_TIMEOUT.text() : field.text();
  }

  /** How long the caller waits from now on. */
  long nanos() {
    return grpc < 0 ? own : own < 0 ? grpc : Math.min(grpc, own);
  }

  private String reason() {
    return grpc >= 0 && grpc == nanos() ? GRPC : CALLER;
  }

  /** What it means that the time is over. */
  Failure passed() {
    return Failure.upstream(false, 504, reason(), "the request took longer than its caller allows");
  }

  /**
   * Tells the upstream how long there is.
   *
   * @param left until the request is given up, in nanoseconds
   */
  void tell(Headers headers, long left) {
    if (grpc >= 0) {
      headers.set(HeaderName.GRPC_TIMEOUT, GrpcTimeout.text(left));
    }
    if (field != null) {
      long millis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(left));
      headers.set(field, withUnit ? millis + "ms" : Long.toString(millis));
    }
  }
}
