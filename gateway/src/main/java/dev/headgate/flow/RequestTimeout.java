package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.http.Headers;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The bound of a whole request: what its route allows, or how long its caller waits. */
@LoopConfined
final class RequestTimeout extends Deadline {
  /** The reason where it was the route's bound. */
  static final String ROUTE = "route.timeout";

  private final Loop loop;
  private final @Nullable CallerDeadline said;
  private final boolean callersOwn;
  private final long dueNanos;
  private final Consumer<Failure> fail;

  private RequestTimeout(
      Loop loop,
      @Nullable CallerDeadline said,
      boolean callersOwn,
      long nanos,
      Consumer<Failure> fail) {
    this.loop = loop;
    this.said = said;
    this.callersOwn = callersOwn;
    this.dueNanos = loop.nanos() + nanos;
    this.fail = fail;
  }

  /**
   * Arms the bound that a request has.
   *
   * @param said how long the caller waits; null if it does not say
   * @param allowed nanoseconds that the route allows; 0 for no bound
   * @return null where there is none
   */
  static @Nullable RequestTimeout arm(
      Loop loop, @Nullable CallerDeadline said, long allowed, Consumer<Failure> fail) {
    long waits = said == null ? 0 : said.nanos();
    boolean callersOwn = said != null && (allowed == 0 || waits < allowed);
    long nanos = callersOwn ? waits : allowed;
    if (nanos == 0) {
      return null;
    }
    RequestTimeout timeout = new RequestTimeout(loop, said, callersOwn, nanos, fail);
    loop.arm(timeout, nanos);
    return timeout;
  }

  /** Tells the upstream how long there is, where the caller said how long it waits. */
  void tell(Headers headers) {
    if (said != null) {
      said.tell(headers, dueNanos - loop.nanos());
    }
  }

  /**
   * Whether the time is over: an upstream that was told the deadline may break off a moment before
   * this comes round.
   */
  boolean passed() {
    return loop.nanos() - dueNanos >= 0;
  }

  @Override
  protected void expired() {
    fail.accept(failure());
  }

  Failure failure() {
    return callersOwn && said != null
        ? said.passed()
        : Failure.upstream(false, 504, ROUTE, "the request took longer than its route allows");
  }
}
