package dev.headgate.policy.limit;

import dev.headgate.concurrent.Shared;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a store has lent to this node: some tokens for each key, taken out of the shared buckets in
 * advance.
 *
 * <p>Shared by all loops. A loop takes tokens by compare-and-set; one at a time asks for more. The
 * map locks one of its bins for the moment in which a new key is put there, and not for what is
 * there already.
 */
@Shared
final class Leases {
  /** How many leases are looked at in one go, so that the loop that does is not held up. */
  private static final int AT_ONCE = 1000;

  private final int most;
  private final ConcurrentMap<Long, Lease> byKey = new ConcurrentHashMap<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  /** Only who has set {@link #sweeping} goes on with it. */
  private @Nullable Iterator<Lease> sweep;

  /**
   * What is lent to one key.
   *
   * <p>The balance falls below zero for a caller that this node knows nothing of: the first request
   * goes on while the store is asked. What that was is settled with the next answer.
   */
  @Shared
  static final class Lease {
    final long key;
    final String sharedKey;
    final AtomicLong balance = new AtomicLong();
    final AtomicBoolean asking = new AtomicBoolean();

    /** What the store said the last time. */
    volatile @Nullable Told told;

    volatile long used;
    volatile long renewed;
    volatile long size = 1;

    Lease(long key, String sharedKey, long now) {
      this.key = key;
      this.sharedKey = sharedKey;
      this.used = now;
      this.renewed = now;
    }

    /** Takes so many if what is left then is no less than a bound. */
    boolean take(long cost, long least) {
      long before = balance.get();
      while (before - cost >= least) {
        if (balance.compareAndSet(before, before - cost)) {
          return true;
        }
        before = balance.get();
      }
      return false;
    }

    /** Takes what there is of so many; gives back how many. */
    long takeUpTo(long cost) {
      long before = balance.get();
      while (before > 0) {
        long some = Math.min(before, cost);
        if (balance.compareAndSet(before, before - some)) {
          return some;
        }
        before = balance.get();
      }
      return 0;
    }
  }

  /**
   * What a store said.
   *
   * @param left in each bucket, in nanoseconds
   * @param at when, on the loop's clock
   * @param emptyUntil before when there will be no token, on the same clock
   */
  record Told(long[] left, long at, long emptyUntil) {}

  /**
   * @param most for how many keys there is room
   */
  Leases(int most) {
    this.most = most;
  }

  /** What is lent to a key; null if nothing ever was, or it was forgotten. */
  @Nullable Lease find(long key) {
    return byKey.get(key);
  }

  /** Room for what is lent to a key; null if there is none. */
  @Nullable Lease open(long key, String sharedKey, long now) {
    if (byKey.size() >= most) {
      return null;
    }
    Lease made = new Lease(key, sharedKey, now);
    Lease other = byKey.putIfAbsent(key, made);
    return other != null ? other : made;
  }

  void forget(Lease lease) {
    byKey.remove(lease.key, lease);
  }

  int size() {
    return byKey.size();
  }

  /** Shows some leases, further ones the next time. Nothing if another loop is at it. */
  void look(Consumer<Lease> looking) {
    if (!sweeping.compareAndSet(false, true)) {
      return;
    }
    Iterator<Lease> rest = sweep == null ? byKey.values().iterator() : sweep;
    for (int i = 0; i < AT_ONCE && rest.hasNext(); i++) {
      looking.accept(rest.next());
    }
    sweep = rest.hasNext() ? rest : null;
    sweeping.set(false);
  }

  /** Shows all leases, up to a number. */
  void all(int atMost, Consumer<Lease> looking) {
    byKey.values().stream().limit(atMost).forEach(looking);
  }
}
