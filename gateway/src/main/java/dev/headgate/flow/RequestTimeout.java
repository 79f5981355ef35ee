package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The bound of a whole request: what its route allows, or how long a gRPC caller waits. */
@LoopConfined
final class RequestTimeout extends Deadline {
  /** The reason where it was the route's bound. */
  static final String ROUTE = "route.timeout";

  private final Loop loop;
  private final boolean callersOwn;
  private final long dueNanos;
  private final Consumer<Failure> fail;

  private RequestTimeout(Loop loop, boolean callersOwn, long nanos, Consumer<Failure> fail) {
    this.loop = loop;
    this.callersOwn = callersOwn;
    this.dueNanos = loop.nanos() + nanos;
    this.fail = fail;
  }

  /**
   * Arms the bound that a request has.
   *
   * @param allowed nanoseconds that the route allows; 0 for no bound
   * @return null where there is none
   */
  static @Nullable RequestTimeout arm(
      Loop loop, Exchange exchange, long allowed, Consumer<Failure> fail) {
    long waits = Refusal.grpcTimeoutNanos(exchange);
    boolean callersOwn = waits >= 0 && (allowed == 0 || waits < allowed);
    if (!callersOwn && allowed == 0) {
      return null;
    }
    long nanos = callersOwn ? waits : allowed;
    RequestTimeout timeout = new RequestTimeout(loop, callersOwn, nanos, fail);
    loop.arm(timeout, nanos);
    return timeout;
  }

  /**
   * Whether the time is over: a gRPC server knows the deadline too, and may break off a moment
   * before this comes round.
   */
  boolean passed() {
    return loop.nanos() - dueNanos >= 0;
  }

  @Override
  protected void expired() {
    fail.accept(failure());
  }

  Failure failure() {
    return callersOwn
        ? Failure.upstream(
            false, 504, "grpc.deadline", "the call took longer than its caller allows")
        : Failure.upstream(false, 504, ROUTE, "the request took longer than its route allows");
  }
}
