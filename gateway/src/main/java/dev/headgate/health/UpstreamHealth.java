package dev.headgate.health;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Upstream;
import dev.headgate.health.Ejection.Reason;
import dev.headgate.overload.RequestLimit;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What the node knows of the endpoints of one upstream. It lives as long as the upstream's
 * configuration is the same, through reloads that change something else.
 *
 * <p><b>Outliers.</b> Failures in a row are counted for each endpoint over all loops. An endpoint
 * that reaches the bound is left out, unless that would leave out too many, or unless none of the
 * others is in better shape: then it is not the endpoint, but what all of them depend on or what
 * somebody sends, and leaving out one after the other would only lose capacity. When its time is
 * over a single request tries it; when that is answered well all come back, else it stays out for
 * longer.
 *
 * <p><b>Checks.</b> Somebody asks each endpoint whether it is well, and tells here. An endpoint
 * that nobody has asked is taken for well.
 *
 * <p>How it is safe: the standing of all endpoints is one immutable object that is swapped by
 * compare-and-set, so the bound on how many are left out holds whatever happens at once. It changes
 * seldom; a choice reads one reference. The streaks are counters of their own that a good answer
 * only reads, unless there is one to end. Times are those of {@link
 * dev.headgate.exchange.Loop#nanos}, which all loops share.
 */
@Shared
public final class UpstreamHealth {
  private static final int SERVER_ERROR = 500;
  private static final int BAD_GATEWAY = 502;
  private static final int GATEWAY_TIMEOUT = 504;

  /** Rows of checks are counted up to here. */
  private static final int MOST_CHECKS = 1000;

  private final String name;
  private final Upstream config;
  private final Upstream.OutlierDetection rules;
  private final int mostEjected;
  private final long ejectionNanos;
  private final int mostEjections;
  private final AtomicReference<Standing> standing;
  private final AtomicIntegerArray serverErrors;
  private final AtomicIntegerArray gatewayErrors;

  /** How many checks in a row went well, or as a negative number badly; 0 before the first. */
  private final AtomicIntegerArray checks;

  private final List<AtomicIntegerArray> active = new CopyOnWriteArrayList<>();
  private final FurtherAttempts furtherAttempts = new FurtherAttempts();
  private final EventLog events;
  private final @Nullable CircuitBreaker breaker;
  private final @Nullable RequestLimit requests;

  /** All is well at first. */
  public UpstreamHealth(String name, Upstream config) {
    int count = config.endpoints().size();
    this.name = name;
    this.config = config;
    this.rules = config.outlierDetection();
    this.mostEjected = mostEjected(count, rules.maxEjected().fraction());
    this.ejectionNanos = rules.ejection().toNanos();
    this.mostEjections =
        (int) Math.max(1, Math.ceilDiv(rules.maxEjection().toNanos(), ejectionNanos));
    this.standing =
        new AtomicReference<>(
            new Standing(Collections.nCopies(count, EndpointState.WELL), Layout.of(config)));
    this.serverErrors = new AtomicIntegerArray(count);
    this.gatewayErrors = new AtomicIntegerArray(count);
    this.checks = new AtomicIntegerArray(count);
    this.events = new EventLog(name);
    Upstream.Breaker breaking = config.circuitBreaker();
    this.breaker = breaking == null ? null : new CircuitBreaker(breaking, events);
    this.requests = RequestLimit.of(config, events::worse);
  }

  /** The share, rounded down, but one of several may go; never all of them. */
  private static int mostEjected(int count, double share) {
    return share == 0 ? 0 : Math.min(count - 1, Math.max(1, (int) (count * share)));
  }

  public String name() {
    return name;
  }

  public Upstream config() {
    return config;
  }

  /** Whether the upstream is asked at all; null where it always is. */
  public @Nullable CircuitBreaker breaker() {
    return breaker;
  }

  /** How many requests it has at once; null where that is not bound. */
  public @Nullable RequestLimit requests() {
    return requests;
  }

  /**
   * A place in which a loop notes from time to time how many requests it has under way at each
   * endpoint; to be asked for once.
   */
  public AtomicIntegerArray newActive() {
    AtomicIntegerArray counts = new AtomicIntegerArray(config.endpoints().size());
    active.add(counts);
    return counts;
  }

  /** How many requests are under way at an endpoint, as of about the last second. */
  public int active(int endpoint) {
    return active.stream().mapToInt(counts -> counts.getOpaque(endpoint)).sum();
  }

  /** How often requests were sent more than once, as of about the last second. */
  public FurtherAttempts furtherAttempts() {
    return furtherAttempts;
  }

  /** How the endpoints stand now. Costs what reading a field costs. */
  public Standing standing() {
    return standing.get();
  }

  /**
   * An endpoint that was left out for long enough and that this request may try, and no other at
   * the same time. What comes of it is to be told with {@code trial} set.
   *
   * @return the endpoint; -1 for none, and then the request is one like all others
   */
  public int trial(long now) {
    while (true) {
      Standing seen = standing.get();
      int due = seen.ejected() == 0 ? -1 : seen.due(now);
      Ejection ejection = due < 0 ? null : seen.ejection(due);
      if (ejection == null) {
        return -1;
      }
      Ejection tried = ejection.tried(now + ejectionNanos);
      if (standing.compareAndSet(seen, seen.with(due, seen.endpoints().get(due).with(tried)))) {
        return due;
      }
    }
  }

  /**
   * An endpoint answered.
   *
   * @return why it is left out from now on; null if it is not, or was before
   */
  public @Nullable Reason answered(int endpoint, boolean trial, int status, long now) {
    if (status >= SERVER_ERROR) {
      boolean gateway = status >= BAD_GATEWAY && status <= GATEWAY_TIMEOUT;
      return failed(endpoint, trial, gateway, now);
    }
    if (serverErrors.get(endpoint) != 0) {
      serverErrors.set(endpoint, 0);
    }
    if (gatewayErrors.get(endpoint) != 0) {
      gatewayErrors.set(endpoint, 0);
    }
    if (trial) {
      takeBack(endpoint, now);
    }
    return null;
  }

  /** An endpoint did not answer: no connection, one that broke, no answer in time, or rubbish. */
  public @Nullable Reason failed(int endpoint, boolean trial, long now) {
    return failed(endpoint, trial, true, now);
  }

  private @Nullable Reason failed(int endpoint, boolean trial, boolean gateway, long now) {
    int errors = serverErrors.incrementAndGet(endpoint);
    int gateways = 0;
    if (gateway) {
      gateways = gatewayErrors.incrementAndGet(endpoint);
    } else if (gatewayErrors.get(endpoint) != 0) {
      gatewayErrors.set(endpoint, 0);
    }
    if (trial) {
      return ejectAgain(endpoint, now) ? Reason.TRIAL : null;
    }
    int most = rules.consecutiveGatewayErrors();
    if (reached(gateways, most) && eject(endpoint, most, Reason.GATEWAY_ERRORS, now)) {
      return Reason.GATEWAY_ERRORS;
    }
    most = rules.consecutive5xx();
    return reached(errors, most) && eject(endpoint, most, Reason.SERVER_ERRORS, now)
        ? Reason.SERVER_ERRORS
        : null;
  }

  /** A request that tried an endpoint ended in a way that says nothing about it. */
  public void undecided(int endpoint, boolean trial) {
    while (trial) {
      Standing seen = standing.get();
      Ejection ejection = seen.ejection(endpoint);
      if (ejection == null
          || standing.compareAndSet(
              seen, seen.with(endpoint, seen.endpoints().get(endpoint).with(ejection.untried())))) {
        return;
      }
    }
  }

  private static boolean reached(int streak, int bound) {
    return bound > 0 && streak >= bound;
  }

  private boolean eject(int endpoint, int bound, Reason reason, long now) {
    while (true) {
      Standing seen = standing.get();
      EndpointState state = seen.endpoints().get(endpoint);
      if (!state.serves()
          || seen.ejected() >= mostEjected
          || !anotherIsBetter(seen, endpoint, bound)) {
        return false;
      }
      if (putOut(seen, endpoint, state.ejectionsNow(now, ejectionNanos), reason, now)) {
        return true;
      }
    }
  }

  private boolean ejectAgain(int endpoint, long now) {
    while (true) {
      Standing seen = standing.get();
      EndpointState state = seen.endpoints().get(endpoint);
      if (state.ejection() == null) {
        return false;
      }
      if (putOut(seen, endpoint, state.ejections(), Reason.TRIAL, now)) {
        return true;
      }
    }
  }

  private boolean putOut(Standing seen, int endpoint, int before, Reason reason, long now) {
    int ejections = Math.min(mostEjections, before + 1);
    long nanos = Math.min(rules.maxEjection().toNanos(), ejectionNanos * ejections);
    EndpointState out =
        new EndpointState(
            seen.endpoints().get(endpoint).unhealthy(),
            Ejection.of(reason, now, nanos),
            ejections,
            now);
    Standing next = seen.with(endpoint, out);
    if (!standing.compareAndSet(seen, next)) {
      return false;
    }
    events.worse(
        now,
        "endpoint %s is left out for %d ms: %s%s"
            .formatted(
                address(endpoint),
                TimeUnit.NANOSECONDS.toMillis(nanos),
                reason.word(),
                panicWords(seen, next)));
    return true;
  }

  private void takeBack(int endpoint, long now) {
    while (true) {
      Standing seen = standing.get();
      EndpointState state = seen.endpoints().get(endpoint);
      if (state.ejection() == null) {
        return;
      }
      if (standing.compareAndSet(seen, seen.with(endpoint, state.back(now)))) {
        events.better(now, "endpoint " + address(endpoint) + " is back");
        return;
      }
    }
  }

  /**
   * An endpoint was asked whether it is well. To be called by one loop at a time.
   *
   * @param rules by which it was asked
   * @param problem why it is not well; null if it is
   */
  public void checked(
      int endpoint, Upstream.HealthCheck rules, @Nullable String problem, long now) {
    int before = checks.get(endpoint);
    int row = problem == null ? Math.max(before, 0) + 1 : Math.min(before, 0) - 1;
    checks.set(endpoint, Math.clamp(row, -MOST_CHECKS, MOST_CHECKS));
    boolean enough = before == 0 || row >= rules.healthyAfter() || -row >= rules.unhealthyAfter();
    while (enough) {
      Standing seen = standing.get();
      EndpointState state = seen.endpoints().get(endpoint);
      if ((state.unhealthy() == null) == (problem == null)) {
        return;
      }
      Standing next = seen.with(endpoint, state.checked(problem));
      if (standing.compareAndSet(seen, next)) {
        if (problem == null) {
          events.better(now, "endpoint " + address(endpoint) + " is healthy");
        } else {
          events.worse(
              now,
              "endpoint %s is unhealthy: %s%s"
                  .formatted(address(endpoint), problem, panicWords(seen, next)));
        }
        return;
      }
    }
  }

  private static String panicWords(Standing before, Standing after) {
    return after.panic() && !before.panic() ? "; too few are left, so all are used" : "";
  }

  /** Whether some other endpoint that serves is not half as far. */
  private boolean anotherIsBetter(Standing seen, int endpoint, int bound) {
    List<EndpointState> states = seen.endpoints();
    for (int i = 0; i < states.size(); i++) {
      if (i != endpoint && states.get(i).serves() && serverErrors.get(i) * 2L < bound) {
        return true;
      }
    }
    return false;
  }

  /** The endpoint as host and port, as in logs. */
  public String address(int endpoint) {
    return config.endpoints().get(endpoint).address().toString();
  }
}
