package dev.headgate.plan;

import dev.headgate.concurrent.Shared;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What a consumer has used of its quota in one period.
 *
 * <p>What this process has let through is one word that all loops count in; what was used besides
 * (before the start, by other gateways) and what was granted is told by the ledger, which alone
 * writes it. One compare-and-set takes, so that of many that ask at the same moment for the last
 * one exactly one gets it. What others use between two writings of the ledger is not known here:
 * that is how far several gateways together can go beyond a limit.
 */
@Shared
public final class QuotaCounter {
  private final QuotaKey key;
  private final AtomicLong own = new AtomicLong();
  private volatile long besides;
  private volatile long granted;

  /** From what use on the operator is told; set again whenever the plan has changed. */
  private volatile long warnFrom = Long.MAX_VALUE;

  private volatile long fullFrom = Long.MAX_VALUE;

  /** What of {@code own} is in the ledger; the ledger's alone. */
  private long written;

  /** The ledger's alone, too. */
  private int told;

  QuotaCounter(QuotaKey key) {
    this.key = key;
  }

  public QuotaKey key() {
    return key;
  }

  /** Takes one if there is room. */
  boolean take(long limit) {
    while (true) {
      long seen = own.get();
      if (seen + besides >= limit + granted) {
        return false;
      }
      if (own.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
  }

  /** Takes one whether there is room or not. */
  void charge() {
    own.incrementAndGet();
  }

  /** Puts back what was taken. */
  void giveBack() {
    own.decrementAndGet();
  }

  /** What was used in all, as far as is known here. */
  public long used() {
    return own.get() + besides;
  }

  /** What may be used on top of the plan's limit. */
  public long granted() {
    return granted;
  }

  /** What this process has taken since its start. */
  public long own() {
    return own.get();
  }

  /** What of {@link #own} is written; only for the thread that writes. */
  public long written() {
    return written;
  }

  public void written(long upTo) {
    written = upTo;
  }

  /** Of what level the operator was told; only for the thread that writes. */
  public int told() {
    return told;
  }

  public void told(int level) {
    told = level;
  }

  /** Says when the operator is to be told. */
  void watch(long warnAt, long limit) {
    warnFrom = warnAt;
    fullFrom = limit;
  }

  /** What the operator is to be told: 0 nothing, 1 that little is left, 2 that nothing is. */
  public int level() {
    return level(used(), granted);
  }

  /** What it would be with another use and grant. */
  public int level(long used, long grant) {
    long without = used - grant;
    return without >= fullFrom ? 2 : without >= warnFrom ? 1 : 0;
  }

  /** The plan's limit, without what was granted. */
  public long limit() {
    return fullFrom;
  }

  /**
   * What the ledger knows.
   *
   * @param total all that is written there
   * @param ownWritten what of it this process has taken
   */
  public void learn(long total, long ownWritten, long grant) {
    besides = total - ownWritten;
    granted = grant;
  }
}
