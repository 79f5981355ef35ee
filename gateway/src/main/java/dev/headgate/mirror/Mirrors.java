package dev.headgate.mirror;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.http.BadMessage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.MessageRules;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.Mirrored;
import dev.headgate.upstream.UpstreamPool;
import dev.headgate.upstream.UpstreamRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All copies of one loop, and the bounds that keep them from being in the way: how many there are
 * for each route, and how much memory all of them hold. What is beyond a bound is not copied, and
 * counted.
 */
@LoopConfined
public final class Mirrors {
  private static final Logger log = LoggerFactory.getLogger(Mirrors.class);

  /** Bytes that the copies of a node hold. */
  private static final long MEMORY = 16 << 20;

  /** Bytes that the copies of one loop may hold in any case: the longest body, and heads. */
  private static final long LEAST_MEMORY = 2 << 20;

  private static final long SAMPLE_EVERY = 10_000_000_000L;

  private final Loop loop;
  private final int loops;
  private final Function<Action.NamedUpstream, UpstreamPool> pools;
  private final BiConsumer<String, String> counter;
  private final BiConsumer<String, String> bodies;
  private final Map<String, Integer> open = new HashMap<>();
  private final long most;
  private long held;
  private long sampled;

  /**
   * @param loops among how many loops the bounds are shared out
   * @param counter takes a route and the word of an {@link Outcome}
   * @param bodies takes a route and the word of {@link Bodies}
   */
  public Mirrors(
      Loop loop,
      int loops,
      Function<Action.NamedUpstream, UpstreamPool> pools,
      BiConsumer<String, String> counter,
      BiConsumer<String, String> bodies) {
    this.loop = loop;
    this.loops = loops;
    this.pools = pools;
    this.counter = counter;
    this.bodies = bodies;
    this.most = Math.max(LEAST_MEMORY, MEMORY / loops);
    this.sampled = loop.nanos() - SAMPLE_EVERY;
  }

  /**
   * Begins to copy a request, if it is in the share that is copied and there is room.
   *
   * @param request as it goes to the route's own upstream
   */
  public @Nullable RequestCopy copy(Mirrored mirrored, Exchange exchange, UpstreamRequest request) {
    double share = mirrored.rules().share().fraction();
    if (request.webSocket() || (share < 1 && ThreadLocalRandom.current().nextDouble() >= share)) {
      return null;
    }
    String route = Objects.requireNonNull(exchange.route());
    if (open.getOrDefault(route, 0) >= Math.ceilDiv(mirrored.rules().most(), loops)) {
      count(route, Outcome.BUSY);
      return null;
    }
    if (announced(request) > mirrored.rules().body().bytes()) {
      count(route, Outcome.BODY);
      return null;
    }
    if (!hold(request.headers().length())) {
      count(route, Outcome.MEMORY);
      return null;
    }
    open.merge(route, 1, Integer::sum);
    return new RequestCopy(this, mirrored, exchange, request, pools.apply(mirrored.to()));
  }

  private static long announced(UpstreamRequest request) {
    try {
      return request.headers().has(HeaderName.CONTENT_LENGTH)
          ? MessageRules.contentLength(request.headers())
          : 0;
    } catch (BadMessage e) {
      throw new IllegalStateException("the length was looked at before", e);
    }
  }

  Loop loop() {
    return loop;
  }

  /** Takes memory for a copy if there is some left. */
  boolean hold(long bytes) {
    boolean room = held + bytes <= most;
    if (room) {
      held += bytes;
    }
    return room;
  }

  /**
   * A copy is over.
   *
   * @param bytes what was held for it
   */
  void over(String route, Outcome outcome, long bytes) {
    held -= bytes;
    open.computeIfPresent(route, (_, count) -> count == 1 ? null : count - 1);
    count(route, outcome);
  }

  private void count(String route, Outcome outcome) {
    counter.accept(route, outcome.word());
  }

  /**
   * Two bodies were compared, or cannot be.
   *
   * @param bytes what was held for them
   */
  void compared(String route, Bodies outcome, long bytes) {
    held -= bytes;
    bodies.accept(route, outcome.word());
  }

  /** Writes down, now and then, a copy that was answered with another status. */
  void differs(RequestCopy copy, int status) {
    if (maySample()) {
      log.info(
          "mirror of route {}: {} was answered with {}, its copy with {}",
          copy.route(),
          copy.what(),
          copy.status(),
          status);
    }
  }

  /** The same of one that was answered with another body. */
  void differs(RequestCopy copy, List<String> places) {
    if (maySample()) {
      log.info(
          "mirror of route {}: the answers to {} differ at {}",
          copy.route(),
          copy.what(),
          String.join(", ", places));
    }
  }

  private boolean maySample() {
    long now = loop.nanos();
    boolean may = now - sampled >= SAMPLE_EVERY;
    if (may) {
      sampled = now;
    }
    return may;
  }
}
