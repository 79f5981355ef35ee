package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.keyed.RequestKey;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Takes what a request counts for out of its buckets: of all of them, or of none. */
@LoopConfined
final class LimitPolicy implements Policy {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final HeaderName RATE_LIMIT = HeaderName.of("ratelimit");
  private static final HeaderName RATE_LIMIT_POLICY = HeaderName.of("ratelimit-policy");

  /** How many requests wait for their turn on one loop at most: they hold connections. */
  private static final int WAITING = 1024;

  /** What an upstream may say that a request counted for, at the most. */
  private static final long DEAREST = 1_000_000;

  private final LimitPlan plan;
  private final Loop loop;
  private final RequestKey keys;
  private int waiting;

  /** What was found out about a request whose caller is to be told, or charged later. */
  private record Taken(long key, long[] left) {}

  LimitPolicy(LimitPlan plan, Loop loop) {
    this.plan = plan;
    this.loop = loop;
    this.keys = new RequestKey(plan.per(), plan.seed());
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    long now = loop.nanos();
    long key = keys.of(exchange);
    long cost = plan.cost().of(exchange, loop);
    long[] left = new long[plan.limits().size()];
    int most = take(key, cost, now, left);
    if (exchange.explained()) {
      explain(exchange, left);
    }
    if (plan.remembers()) {
      exchange.state(this, new Taken(key, left));
    }
    if (most < 0) {
      return Decision.CONTINUE;
    }
    long wait = -left[most];
    boolean never = plan.limits().get(most).nanos(cost) > plan.limits().get(most).depth();
    return !never && wait <= plan.maxDelayNanos() && waiting < WAITING
        ? later(key, cost, wait, left)
        : refused(exchange, most, never ? plan.limits().get(most).depth() : wait);
  }

  private void explain(Exchange exchange, long[] left) {
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      exchange.note(
          plan.stage(),
          limit.name()
              + " has room for "
              + Math.max(0, left[i]) / limit.nanosEach()
              + " more of "
              + limit.depth() / limit.nanosEach());
    }
  }

  /**
   * Takes from all buckets, or puts back what was taken and says which has longest to wait for.
   *
   * @param left gets what {@link Buckets#take} says of each, or what there would be without this
   *     request if it is refused
   * @return -1 if there was enough in all of them
   */
  private int take(long key, long cost, long now, long[] left) {
    int longest = -1;
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      if (longest < 0) {
        left[i] = limit.buckets().take(key, limit.nanos(cost), limit.depth(), now);
        if (left[i] < 0) {
          giveBack(key, cost, now, left, i);
          longest = i;
        }
      } else {
        long room = limit.buckets().look(key, limit.nanos(cost), limit.depth(), now);
        left[i] = room < 0 ? room : room + limit.nanos(cost);
        longest = left[i] < left[longest] ? i : longest;
      }
    }
    return longest;
  }

  private void giveBack(long key, long cost, long now, long[] left, int before) {
    for (int i = 0; i < before; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      limit.buckets().giveBack(key, limit.nanos(cost), now);
      left[i] += limit.nanos(cost);
    }
  }

  /**
   * Takes the tokens now, on credit, and lets the request go on when they would have been there.
   */
  private Decision later(long key, long cost, long wait, long[] left) {
    long now = loop.nanos();
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      limit.buckets().charge(key, limit.nanos(cost), Long.MAX_VALUE, now);
      left[i] = Math.max(0, left[i]);
    }
    waiting++;
    Decision.Await await = new Decision.Await();
    loop.schedule(
        () -> {
          waiting--;
          await.complete(Decision.CONTINUE);
        },
        wait);
    return await;
  }

  private Decision refused(Exchange exchange, int most, long wait) {
    Headers answer = exchange.responseHeaders();
    answer.set(HeaderName.RETRY_AFTER, Long.toString(seconds(wait)));
    return Decision.fail(
        Failure.client(
            plan.stage(),
            TOO_MANY_REQUESTS,
            "limit.exceeded",
            plan.limits().get(most).name() + " has no room for " + seconds(wait) + " s"));
  }

  private static long seconds(long nanos) {
    return Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }

  @Override
  public void onResponse(Exchange exchange) {
    if (!(exchange.state(this) instanceof Taken taken)) {
      return;
    }
    if (plan.costHeader() != null && exchange.upstreamHeadNanos() != 0) {
      charge(taken, exchange.responseHeaders().get(plan.costHeader()));
    }
    if (plan.tells()) {
      tell(exchange.responseHeaders(), taken.left());
    }
  }

  private void charge(Taken taken, @Nullable String said) {
    long cost = said == null ? 0 : cost(said);
    for (int i = 0; cost > 0 && i < plan.limits().size(); i++) {
      LimitPlan.One limit = plan.limits().get(i);
      limit.buckets().charge(taken.key(), limit.nanos(cost), 2 * limit.depth(), loop.nanos());
      taken.left()[i] = Math.max(0, taken.left()[i] - limit.nanos(cost));
    }
  }

  private static long cost(String said) {
    boolean number =
        !said.isEmpty() && said.length() <= 7 && said.chars().allMatch(Character::isDigit);
    return number ? Math.min(Long.parseLong(said), DEAREST) : 0;
  }

  /** The fields of draft-ietf-httpapi-ratelimit-headers-10. */
  private void tell(Headers answer, long[] left) {
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      long room = Math.max(0, left[i]);
      answer.add(RATE_LIMIT_POLICY, limit.described());
      answer.add(
          RATE_LIMIT,
          limit.quoted()
              + ";r="
              + room / limit.nanosEach()
              + ";t="
              + seconds(limit.depth() - room));
    }
  }
}
