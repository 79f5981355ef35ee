package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.keyed.SharedKey;
import dev.headgate.policy.limit.Leases.Lease;
import dev.headgate.policy.limit.Leases.Told;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that a store lends to this node in advance, so that most requests need not wait for it.
 *
 * <p>Whoever lends takes the tokens out of the shared buckets at once. So all nodes together can
 * never spend more than the buckets gave, but for two things: what was lent some time ago is spent
 * now, at most {@link LimitPlan.Sharing#lease} for each node; and the first request of a caller
 * that a node knows nothing of goes on while the store is asked, at most one token for each node,
 * which is settled afterwards. A node knows nothing of a caller again only after a time in which an
 * empty bucket would have become full. In any time, all nodes together let through no more than
 * burst + rate x time + nodes x (lease + 1).
 *
 * <p>A lease is as large as what is spent in some tenths of a second, up to the bound. When it is
 * half spent more is asked for in the background; when it is all spent before that comes, the store
 * is asked about the request itself, as by {@link ExactTokens}. What lies about unused is given
 * back.
 */
@LoopConfined
final class LeasedTokens implements Tokens {
  private static final long LOOK = TimeUnit.SECONDS.toNanos(1);
  private static final long IDLE = TimeUnit.SECONDS.toNanos(2);
  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LATE = TimeUnit.SECONDS.toNanos(1);

  /** How many leases are given back at the end: each is a question. */
  private static final int GIVEN_BACK = 4096;

  /** What a caller may spend of whom this node knows nothing. */
  private static final long CREDIT = 1;

  private final LimitPlan plan;
  private final Leases leases;
  private final long most;
  private final long forgetAfter;
  private final Loop loop;
  private final WithoutStore without;
  private final SharedKey keys;
  private final SharedBuckets buckets;
  private boolean closed;

  private final Deadline look =
      new Deadline() {
        @Override
        protected void expired() {
          leases.look(LeasedTokens.this::tidy);
          loop.arm(this, LOOK);
        }
      };

  LeasedTokens(LimitPlan plan, LimitPlan.Sharing sharing, Leases leases, Loop loop) {
    this.plan = plan;
    this.leases = leases;
    this.most = sharing.lease();
    this.forgetAfter =
        Math.max(IDLE, plan.limits().stream().mapToLong(LimitPlan.One::depth).max().orElse(0));
    this.loop = loop;
    this.without = new WithoutStore(plan, sharing.onFailure(), loop);
    this.keys = new SharedKey(sharing.purpose(), plan.per());
    this.buckets = new SharedBuckets(plan, sharing.place(), loop.stores());
    loop.arm(look, LOOK);
  }

  @Override
  public Found take(Exchange exchange, long cost, long patience) {
    if (exchange.explained()) {
      return without.explained(exchange, cost, patience);
    }
    long now = loop.nanos();
    long key = without.local().key(exchange);
    Lease lease = leases.find(key);
    if (lease == null) {
      String shared = keys.of(exchange);
      lease = leases.open(key, shared, now);
      if (lease == null) {
        return ask(key, shared, null, cost, patience);
      }
    }
    lease.used = now;
    if (lease.take(cost, 0)) {
      if (lease.balance.get() <= lease.size / 2) {
        renew(lease);
      }
      return spent(lease, cost);
    }
    Told told = lease.told;
    if (told == null && cost <= CREDIT && renew(lease) && lease.take(cost, -CREDIT)) {
      return spent(lease, cost);
    }
    if (told != null && patience == 0 && told.emptyUntil() - now > 0) {
      return empty(lease, told, cost, now);
    }
    renew(lease);
    return ask(key, lease.sharedKey, lease, cost, patience);
  }

  /** What is left, as far as this node knows. */
  private Found spent(Lease lease, long cost) {
    without.local().mirror(lease.key, cost);
    Told told = lease.told;
    long[] left = new long[plan.limits().size()];
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      long here = Math.max(0, lease.balance.get()) * limit.nanosEach();
      left[i] =
          told == null
              ? limit.depth() - limit.nanos(cost)
              : Math.min(limit.depth(), later(told, i, loop.nanos()) + here);
    }
    return Found.Taking.enough(lease.key, lease.sharedKey, left);
  }

  private static long later(Told told, int rate, long now) {
    return Math.max(0, told.left()[rate]) + Math.max(0, now - told.at());
  }

  /** Nobody needs to ask: the store has said when there will be some. */
  private Found empty(Lease lease, Told told, long cost, long now) {
    long[] left = new long[told.left().length];
    int fullest = 0;
    for (int i = 0; i < left.length; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      long room = told.left()[i] + (now - told.at());
      left[i] = told.left()[i] >= 0 ? Math.min(room, limit.depth()) : Math.min(-1, room);
      fullest = left[i] < left[fullest] ? i : fullest;
    }
    long further = plan.limits().get(fullest).nanos(Math.max(0, cost - 1));
    return new Found.Taking(
        lease.key,
        lease.sharedKey,
        left,
        fullest,
        Math.max(1, told.emptyUntil() - now) + further,
        false);
  }

  /** Asks about the request itself. */
  private Found ask(long key, String shared, @Nullable Lease lease, long cost, long patience) {
    Found.Later later = new Found.Later();
    buckets.take(
        shared,
        cost,
        patience,
        new SharedBuckets.Listener() {
          @Override
          public void told(long number, long[] left) {
            boolean taken = number == 1;
            if (lease != null) {
              note(lease, left, taken || cost > 1);
            }
            if (taken) {
              without.local().mirror(key, cost);
            }
            later.complete(ExactTokens.taking(key, shared, taken, left));
          }

          @Override
          public void failed(String why) {
            later.complete(without.take(key, shared, cost, patience, why));
          }
        });
    return later.now();
  }

  private void note(Lease lease, long[] left, boolean some) {
    long now = loop.nanos();
    long wait = 0;
    for (long room : left) {
      wait = Math.max(wait, -room);
    }
    lease.told = new Told(left, now, some ? now : now + wait);
  }

  /**
   * Asks for more in the background.
   *
   * @return whether it is asked for, now or already
   */
  private boolean renew(Lease lease) {
    Told told = lease.told;
    long now = loop.nanos();
    if (told != null && told.emptyUntil() - now > 0 && lease.balance.get() >= 0) {
      return true;
    }
    if (!lease.asking.compareAndSet(false, true)) {
      return true;
    }
    long since = now - lease.renewed;
    lease.renewed = now;
    if (told != null) {
      lease.size =
          since < SOON
              ? Math.min(most, lease.size * 2)
              : since > LATE ? Math.max(1, lease.size / 2) : lease.size;
    }
    long balance = lease.balance.get();
    long debt = Math.max(0, -balance);
    long wanted = closed ? 0 : Math.max(0, lease.size - Math.max(0, balance));
    boolean[] failed = {false};
    buckets.lend(
        lease.sharedKey,
        debt,
        wanted,
        new SharedBuckets.Listener() {
          @Override
          public void told(long lent, long[] left) {
            note(lease, left, lent > 0);
            long after = lease.balance.addAndGet(debt + lent);
            lease.asking.set(false);
            if (after < 0) {
              renew(lease);
            }
          }

          @Override
          public void failed(String why) {
            // It may have been lent all the same: then it is lost, and comes back by itself.
            lease.asking.set(false);
            failed[0] = true;
          }
        });
    return !failed[0];
  }

  /** Gives back what is not used, and forgets what is of no use any more. */
  private void tidy(Lease lease) {
    long now = loop.nanos();
    long idle = now - lease.used;
    if (idle < IDLE || lease.asking.get()) {
      return;
    }
    if (lease.balance.get() < 0) {
      renew(lease);
      return;
    }
    giveBack(lease);
    Told told = lease.told;
    if (told == null || (idle > forgetAfter && now - told.emptyUntil() > forgetAfter)) {
      leases.forget(lease);
      giveBack(lease);
    }
  }

  private void giveBack(Lease lease) {
    long some = lease.takeUpTo(Long.MAX_VALUE);
    if (some > 0) {
      buckets.lend(lease.sharedKey, -some, 0, WithoutStore.NOTHING);
    }
  }

  @Override
  public void charge(Found.Taking request, long cost) {
    without.local().charge(request, cost);
    if (!request.sharedKey().isEmpty()) {
      Lease lease = leases.find(request.key());
      long rest = cost - (lease == null ? 0 : lease.takeUpTo(cost));
      if (rest > 0) {
        buckets.charge(request.sharedKey(), rest, WithoutStore.NOTHING);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    loop.cancel(look);
    leases.all(GIVEN_BACK, this::giveBack);
  }
}
