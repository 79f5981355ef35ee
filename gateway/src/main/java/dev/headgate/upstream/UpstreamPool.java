package dev.headgate.upstream;

import dev.headgate.balance.HashRing;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Upstream;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.health.CircuitBreaker;
import dev.headgate.health.Ejection;
import dev.headgate.health.FurtherAttempts;
import dev.headgate.health.Standing;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.keyed.RequestKey;
import dev.headgate.overload.RequestLimit;
import dev.headgate.retry.HedgeDelay;
import dev.headgate.retry.HedgeTimers;
import dev.headgate.retry.ReplayBody;
import dev.headgate.retry.RetryRules;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * One loop's view of one upstream: its endpoints with their connections, and the choice among those
 * that are fit to be used. What comes of a request is told to {@link UpstreamHealth}, which all
 * loops share.
 */
@LoopConfined
public final class UpstreamPool {
  /** The reason of requests that are not sent as the circuit breaker is open. */
  public static final String OPEN = "upstream.open";

  /** The reason of requests for which the upstream, or its connections, have no room. */
  public static final String BUSY = "upstream.busy";

  /** Why a request is turned away that is one too many for the upstream. */
  public enum Refusal {
    /** As many as may wait do so. */
    FULL("full", "it has as many requests as it may have"),
    /** It waited for too long. */
    LATE("queue_timeout", "it had as many requests as it may have for too long");

    private final String word;
    private final String detail;

    Refusal(String word, String detail) {
      this.word = word;
      this.detail = detail;
    }

    /** As in metrics. */
    public String word() {
      return word;
    }
  }

  private static final int SERVER_ERROR = 500;
  private static final RequestKey.Seed SEED = new RequestKey.Seed(HashRing.hasher());

  private final Connector connector;
  private final Loop loop;
  private final Upstream config;
  private final UpstreamHealth health;
  private final @Nullable CircuitBreaker breaker;
  private final @Nullable RequestLimit requests;
  private final @Nullable HashRing ring;

  /** Says what a request is about, where that decides where it goes. */
  private final @Nullable RequestKey about;

  private final PoolObserver observer;
  private final EndpointPool[] endpoints;
  private final int[] credit;

  /** Whose weights the credit was earned by: others may be on another scale. */
  private @Nullable Standing credited;

  private final PoolLimits limits;
  private final RetryRules retries;
  private final @Nullable HedgeTimers hedges;
  private @Nullable AtomicIntegerArray active;
  private FurtherAttempts.@Nullable Part further;
  private long retried;
  private long hedged;
  private boolean retired;

  /**
   * @param ring chooses by what requests are about; null where something else does
   * @param loops among how many loops the upstream's bounds are shared out
   */
  public UpstreamPool(
      Connector connector,
      UpstreamHealth health,
      @Nullable HashRing ring,
      int loops,
      PoolObserver observer) {
    this.connector = connector;
    this.loop = connector.io().loop();
    this.config = health.config();
    this.health = health;
    this.breaker = health.breaker();
    this.requests = health.requests();
    this.ring = ring;
    String hash = health.config().balance().hash();
    this.about = hash == null ? null : new RequestKey(List.of(hash), SEED);
    this.observer = observer;
    this.limits = PoolLimits.of(config, loops);
    this.retries = new RetryRules(config.retry(), loops, loop.nanos());
    Upstream.Hedge hedge = config.hedge();
    this.hedges = hedge == null ? null : new HedgeTimers(loop, new HedgeDelay(hedge.after()));
    List<EndpointPool> pools = new ArrayList<>();
    for (Upstream.Endpoint endpoint : config.endpoints()) {
      EndpointAddress address = EndpointAddress.of(endpoint);
      EndpointPool pool =
          new EndpointPool(loop, connector::connect, address, limits, observer, requests);
      connector.watch(pool);
      pools.add(pool);
    }
    this.endpoints = pools.toArray(EndpointPool[]::new);
    this.credit = new int[endpoints.length];
    // Loops begin at different endpoints, so that together they spread the load from the first
    // request on.
    if (endpoints.length > 1) {
      for (int i = ThreadLocalRandom.current().nextInt(endpoints.length); i > 0; i--) {
        roundRobin(health.standing());
      }
    }
  }

  public long responseNanos() {
    return limits.responseNanos();
  }

  public long idleNanos() {
    return limits.idleNanos();
  }

  /** How long a WebSocket may be silent. */
  public long tunnelNanos() {
    return config.timeouts().websocket().toNanos();
  }

  /** A request is to be sent for the first time. */
  public void requested(Exchange exchange, Tried tried) {
    retries.requested();
    if (about != null) {
      tried.hash(about.of(exchange));
    }
  }

  /**
   * Finds a connection for a request. What comes of it is to be told by one of {@link #answered},
   * {@link #failed} and {@link #undecided}.
   *
   * @param tried the endpoints that were tried before, not chosen again while there is another that
   *     is well; gets the one that is chosen
   * @return what waits; null where the listener has been called already
   */
  public @Nullable Pending open(UpstreamListener listener, Tried tried) {
    RequestLimit by = requests;
    return by == null || by.take() ? send(listener, tried) : queue(by, listener, tried);
  }

  private @Nullable Pending queue(RequestLimit by, UpstreamListener listener, Tried tried) {
    QueuedAttempt waits = new QueuedAttempt(this, by, listener, tried, loop.nanos());
    if (!waits.begin(loop)) {
      refuse(listener, Refusal.FULL);
      return null;
    }
    observer.queued();
    return waits;
  }

  void refuse(UpstreamListener listener, Refusal why) {
    observer.refused(why);
    if (requests != null) {
      requests.refused(loop.nanos());
    }
    listener.failed(Failure.upstream(false, 503, BUSY, why.detail));
  }

  /** A request waits no longer for others, whatever came of it. */
  void queueLeft(QueuedAttempt waited, long since) {
    loop.cancel(waited);
    observer.queueLeft(loop.nanos() - since);
  }

  /** Sends a request that has its place, if it needs one. */
  @Nullable Pending send(UpstreamListener listener, Tried tried) {
    if (requests != null && requests.measures()) {
      tried.sent(loop.nanos());
    }
    if (breaker != null && !permitted(breaker, tried)) {
      if (requests != null) {
        requests.free();
      }
      listener.failed(Failure.upstream(false, 503, OPEN, "too many requests failed or were slow"));
      return null;
    }
    Standing standing = health.standing();
    // Whose first attempt failed is not sent where the second may fail as well.
    int trial = standing.ejected() == 0 || tried.count() > 0 ? -1 : health.trial(loop.nanos());
    int chosen = trial >= 0 ? trial : choose(standing, tried);
    tried.add(chosen, trial >= 0);
    return endpoints[chosen].open(listener);
  }

  private boolean permitted(CircuitBreaker by, Tried tried) {
    long now = loop.nanos();
    int permit = by.permit(now);
    if (permit != CircuitBreaker.REFUSED) {
      tried.permitted(permit, now);
    }
    return permit != CircuitBreaker.REFUSED;
  }

  /**
   * In how many seconds it may be worth to ask again, after {@link #OPEN} or {@link #BUSY}; 0 if
   * nobody can say.
   */
  public long retryAfterSeconds(String reason) {
    return switch (reason) {
      case OPEN -> breaker == null ? 1 : breaker.retryAfterSeconds(loop.nanos());
      case BUSY -> 1;
      default -> 0;
    };
  }

  /** Which requests are sent once more. */
  public RetryRules retries() {
    return retries;
  }

  /** Which requests wait for a second attempt beside the first; null where there is none. */
  public @Nullable HedgeTimers hedges() {
    return hedges;
  }

  /** Whether there is an endpoint, fit to be used, that was not tried. */
  public boolean another(Tried tried) {
    Standing standing = health.standing();
    for (int i = 0; i < standing.size(); i++) {
      if (!tried.test(standing.at(i))) {
        return true;
      }
    }
    return false;
  }

  /** A second attempt is made beside the first. */
  public void hedging() {
    hedged++;
  }

  /** What came of a second attempt beside the first. */
  public void hedged(String outcome) {
    observer.hedged(outcome);
  }

  /** A request is sent once more, after that. */
  public void retried(String why) {
    retried++;
    observer.retried(why);
  }

  /**
   * What keeps the body of a request for another attempt; null if it will not be needed or cannot
   * be kept.
   *
   * @param announced how long the body is; negative if nobody said
   */
  public @Nullable ReplayBody keeping(UpstreamRequest request, long announced) {
    long most = config.retry().body().bytes();
    boolean refusable = config.protocol() == Upstream.Protocol.HTTP2 || config.secure();
    if (most == 0 || !retries.needsBody(request.method(), request.headers(), refusable)) {
      return null;
    }
    if (announced > most) {
      notKept(ReplayBody.Loss.TOO_LARGE);
      return null;
    }
    return new ReplayBody(connector.io().replays(), (int) most);
  }

  /** A body is not kept. */
  public void notKept(ReplayBody.Loss why) {
    observer.bodyNotKept(why.word());
  }

  /** The endpoint that was tried last answered with that status. */
  public void answered(Tried tried, int status, long now) {
    if (tried.settle()) {
      tell(health.answered(tried.last(), tried.trial(), status, now));
      if (breaker != null) {
        breaker.ended(tried.permit(), status < SERVER_ERROR, now - tried.sent(), now);
      }
      // A quick error says nothing about how long it takes to do what was asked for.
      if (requests != null && status < SERVER_ERROR) {
        requests.answered(now - tried.sent(), now);
      }
    }
  }

  /** There was no answer from the endpoint that was tried last. */
  public void failed(Tried tried, Failure failure) {
    if (failure.source() != Failure.Source.UPSTREAM || saysNothing(failure.reason())) {
      undecided(tried);
    } else if (tried.settle()) {
      long now = loop.nanos();
      tell(health.failed(tried.last(), tried.trial(), now));
      if (breaker != null) {
        breaker.ended(tried.permit(), false, now - tried.sent(), now);
      }
      if (requests != null && failure.reason().equals("upstream.timeout")) {
        requests.answered(now - tried.sent(), now);
      }
    }
  }

  /** Nobody can say any more whether the endpoint that was tried last would have answered. */
  public void undecided(Tried tried) {
    if (tried.settle()) {
      health.undecided(tried.last(), tried.trial());
      if (breaker != null) {
        breaker.undecided(tried.permit());
      }
    }
  }

  /** Bounds of the gateway's own, and what an endpoint that is well may do. */
  private static boolean saysNothing(String reason) {
    return switch (reason) {
      case BUSY, "upstream.no_websocket", "upstream.going_away" -> true;
      default -> false;
    };
  }

  private void tell(Ejection.@Nullable Reason ejected) {
    if (ejected != null) {
      observer.ejected(ejected);
    }
  }

  /** Notes how it stands, for people to look at. */
  public void note() {
    FurtherAttempts.Part part = further == null ? health.furtherAttempts().newPart() : further;
    further = part;
    part.note(retries.left(loop.nanos()), retried, hedged);
    AtomicIntegerArray counts = active == null ? health.newActive() : active;
    active = counts;
    for (int i = 0; i < endpoints.length; i++) {
      counts.setOpaque(i, endpoints[i].active());
    }
  }

  private int choose(Standing standing, Tried tried) {
    if (standing.size() == 1) {
      return standing.at(0);
    }
    if (ring != null) {
      return ring.choose(tried.hash(), standing, tried);
    }
    int chosen = pick(standing, tried);
    for (int i = 0; i < standing.size() && tried.test(chosen); i++) {
      chosen = standing.at(i);
    }
    return chosen;
  }

  private int pick(Standing standing, Tried tried) {
    return switch (config.balance().algorithm()) {
      // Another attempt takes nobody's turn: of two endpoints it would be the next turn of the one
      // that has just failed or been late, each time.
      case ROUND_ROBIN -> tried.count() == 0 ? roundRobin(standing) : random(standing);
      case LEAST_REQUEST -> lessBusyOfTwo(standing);
      case RANDOM -> random(standing);
    };
  }

  /**
   * Smooth weighted round robin: each endpoint earns its weight, the richest is chosen and pays the
   * total. Over any stretch each gets its share, and the heavy ones are not served in bursts.
   */
  private int roundRobin(Standing standing) {
    if (standing != credited) {
      credited = standing;
      Arrays.fill(credit, 0);
    }
    int best = standing.at(0);
    for (int i = 0; i < standing.size(); i++) {
      int endpoint = standing.at(i);
      credit[endpoint] += standing.weight(i);
      if (credit[endpoint] > credit[best]) {
        best = endpoint;
      }
    }
    credit[best] -= standing.weight();
    return best;
  }

  private int random(Standing standing) {
    int left = ThreadLocalRandom.current().nextInt(standing.weight());
    int i = 0;
    while (left >= standing.weight(i)) {
      left -= standing.weight(i);
      i++;
    }
    return standing.at(i);
  }

  /** The power of two choices: nearly as good as looking at all of them, and immune to herding. */
  private int lessBusyOfTwo(Standing standing) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int first = random.nextInt(standing.size());
    int second = random.nextInt(standing.size() - 1);
    second += second >= first ? 1 : 0;
    EndpointPool a = endpoints[standing.at(first)];
    EndpointPool b = endpoints[standing.at(second)];
    long loadOfA = (a.active() + 1L) * standing.weight(second);
    long loadOfB = (b.active() + 1L) * standing.weight(first);
    return standing.at(loadOfA <= loadOfB ? first : second);
  }

  /**
   * Hardly any new requests are meant to come: closes what is unused, and the rest as it becomes
   * free. A request that comes all the same is served.
   */
  public void retire() {
    retired = true;
    for (EndpointPool endpoint : endpoints) {
      connector.unwatch(endpoint);
      endpoint.retire();
    }
  }

  public boolean retired() {
    return retired;
  }
}
