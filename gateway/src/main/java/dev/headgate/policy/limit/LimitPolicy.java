package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.LimitMeter;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.keyed.KeyName;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a request counts for out of its buckets, of all of them or of none, and says what that
 * means; where the buckets lie is the business of {@link Tokens}.
 */
@LoopConfined
final class LimitPolicy implements Policy {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int UNAVAILABLE = 503;
  private static final HeaderName RATE_LIMIT = HeaderName.of("ratelimit");
  private static final HeaderName RATE_LIMIT_POLICY = HeaderName.of("ratelimit-policy");

  /** How many requests wait for their turn on one loop at most: they hold connections. */
  private static final int WAITING = 1024;

  /** What an upstream may say that a request counted for, at the most. */
  private static final long DEAREST = 1_000_000;

  private static final Decision.Await.Pause TURN =
      new Decision.Await.Pause("limit.delayed", Decision.CONTINUE);

  private final LimitPlan plan;
  private final Loop loop;
  private final Tokens tokens;
  private final LimitMeter meter;
  private final KeyName names;
  private int waiting;

  LimitPolicy(LimitPlan plan, Loop loop) {
    this.plan = plan;
    this.loop = loop;
    this.tokens = plan.tokens(loop);
    this.meter = loop.limitMeter(plan.name());
    this.names = new KeyName(plan.per());
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    long cost = plan.cost().of(exchange, loop);
    long patience = waiting < WAITING && plan.fits(cost) ? plan.maxDelayNanos() : 0;
    Found found = tokens.take(exchange, cost, patience);
    if (!(found instanceof Found.Later later)) {
      return meaning(exchange, cost, found);
    }
    Decision.Await await = new Decision.Await();
    later.then(now -> {
      if (!await.cancelled()) {
        await.follow(meaning(exchange, cost, now));
      }
    });
    return await;
  }

  private Decision meaning(Exchange exchange, long cost, Found found) {
    return switch (found) {
      case Found.Taking taking -> meaning(exchange, cost, taking);
      case Found.Away(String why) ->
          Decision.fail(Failure.gateway(plan.stage(), UNAVAILABLE, "limit.store_unavailable", why));
      case Found.Later _ -> throw new IllegalStateException("it is not known yet");
    };
  }

  private Decision meaning(Exchange exchange, long cost, Found.Taking taking) {
    if (exchange.explained()) {
      explain(exchange, taking.left());
    }
    if (plan.remembers()) {
      exchange.state(this, taking);
    }
    if (!taking.taken()) {
      return refused(exchange, cost, taking);
    }
    if (taking.due() > 0) {
      meter.delayed();
      return later(taking.due());
    }
    meter.within();
    return Decision.CONTINUE;
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
              + limit.burst());
    }
  }

  /** The tokens are taken on credit: lets the request go on when they would have been there. */
  private Decision later(long wait) {
    waiting++;
    Decision.Await await = new Decision.Await(TURN);
    loop.schedule(
        () -> {
          waiting--;
          await.complete(TURN.then());
        },
        wait);
    return await;
  }

  /** The place where a limit refuses a request. */
  private Decision refused(Exchange exchange, long cost, Found.Taking taking) {
    meter.over(taking.key(), () -> names.of(exchange));
    LimitPlan.One limit = plan.limits().get(taking.fullest());
    long wait = limit.nanos(cost) > limit.depth() ? limit.neverNanos() : taking.due();
    exchange.responseHeaders().set(HeaderName.RETRY_AFTER, Long.toString(seconds(wait)));
    return Decision.fail(
        Failure.client(
            plan.stage(),
            TOO_MANY_REQUESTS,
            "limit.exceeded",
            limit.name() + " has no room for " + seconds(wait) + " s"));
  }

  private static long seconds(long nanos) {
    return Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }

  @Override
  public void onResponse(Exchange exchange) {
    if (!(exchange.state(this) instanceof Found.Taking taken)) {
      return;
    }
    if (plan.costHeader() != null && exchange.upstreamHeadNanos() != 0) {
      charge(taken, exchange.responseHeaders().get(plan.costHeader()));
    }
    if (plan.tells()) {
      tell(exchange.responseHeaders(), taken.left());
    }
  }

  private void charge(Found.Taking taken, @Nullable String said) {
    long cost = said == null ? 0 : cost(said);
    if (cost > 0) {
      tokens.charge(taken, cost);
      for (int i = 0; i < plan.limits().size(); i++) {
        taken.left()[i] = Math.max(0, taken.left()[i] - plan.limits().get(i).nanos(cost));
      }
    }
  }

  private static long cost(String said) {
    boolean number =
        !said.isEmpty() && said.length() <= 7 && said.chars().allMatch(Character::isDigit);
    return number ? Math.min(Long.parseLong(said), DEAREST) : 0;
  }

  @Override
  public void close() {
    tokens.close();
  }

  /** The fields of draft-ietf-httpapi-ratelimit-headers-10. */
  private void tell(Headers answer, long[] left) {
    long now = loop.nanos();
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
              + seconds(limit.resetNanos(room, now)));
    }
  }
}
