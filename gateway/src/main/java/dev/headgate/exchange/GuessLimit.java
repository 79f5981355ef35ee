package dev.headgate.exchange;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.AuthFailures;
import dev.headgate.config.Mode;
import dev.headgate.config.Rate;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Slows down those who guess credentials: counts the ones that do not hold, by the address that
 * they come from and by the name that they claim.
 *
 * <p>A policy asks before it proves a credential that it does not know yet, if that takes work or
 * could be a guess; what it has proven lately, or finds by its hash, it takes as ever. So those who
 * share an address with a guesser, or have their name guessed at, go on as long as they are known.
 *
 * <p>Used by all loops; what is counted outlives revisions.
 */
@Shared
public final class GuessLimit {
  /** The status of a refusal. */
  public static final int TOO_MANY_REQUESTS = 429;

  private static final String SETTING = "authFailures";
  private static final String REASON = "auth.slowed";

  /** Counts nothing and refuses nobody. */
  public static final GuessLimit NONE =
      new GuessLimit(
          new AuthFailures(Mode.OFF, Rate.parse("1/s"), Rate.parse("1/s")), new Counts());

  private final AuthFailures limits;
  private final Counts counts;

  /** What was counted. Takes memory only once somebody fails. */
  @Shared
  public static final class Counts {
    private volatile @Nullable LeakySketch sketch;

    private synchronized LeakySketch begun() {
      LeakySketch known = sketch;
      if (known == null) {
        known = new LeakySketch();
        sketch = known;
      }
      return known;
    }
  }

  public GuessLimit(AuthFailures limits, Counts counts) {
    this.limits = limits;
    this.counts = counts;
  }

  /**
   * Why a policy must not try to prove what the request shows; null if it may. In report mode it
   * may, and the refusal is reported.
   *
   * @param policy its name
   * @param name whom the credential claims to be of
   */
  public @Nullable Failure refusal(Exchange exchange, String policy, String name, Loop loop) {
    return limits.mode() != Mode.OFF && isOver(limits.perName(), named(policy, name), loop)
        ? meaning(exchange, "too many failed for that name")
        : refusal(exchange, loop);
  }

  /** As above, for a credential that does not say whose it is. */
  public @Nullable Failure refusal(Exchange exchange, Loop loop) {
    return limits.mode() != Mode.OFF
            && isOver(limits.perAddress(), ClientNetwork.of(exchange.address()), loop)
        ? meaning(exchange, "too many failed from that address")
        : null;
  }

  private @Nullable Failure meaning(Exchange exchange, String detail) {
    if (limits.mode() == Mode.ENFORCE) {
      return Failure.client(Stage.AUTHENTICATE, TOO_MANY_REQUESTS, REASON, detail);
    }
    if (exchange.wouldDeny().stream().noneMatch(said -> said.reason().equals(REASON))) {
      exchange.wouldDeny(SETTING, REASON);
    }
    return null;
  }

  private boolean isOver(Rate rate, byte[] key, Loop loop) {
    LeakySketch sketch = counts.sketch;
    return sketch != null
        && sketch.of(key).owed(loop.nanos()) > rate.per().toNanos() - rate.intervalNanos();
  }

  /** Counts a credential that did not hold, by the address that it came from. */
  public void failed(Exchange exchange, Loop loop) {
    count(limits.perAddress(), ClientNetwork.of(exchange.address()), loop);
  }

  /** Counts a credential that did not hold, by whom it claims to be of. */
  public void failed(String policy, String name, Loop loop) {
    count(limits.perName(), named(policy, name), loop);
  }

  private void count(Rate rate, byte[] key, Loop loop) {
    if (limits.mode() != Mode.OFF) {
      counts.begun().of(key).owe(rate.intervalNanos(), rate.per().toNanos(), loop.nanos());
    }
  }

  /** In how many seconds one more credential is checked. */
  public long retryAfterSeconds() {
    long nanos = Math.max(limits.perAddress().intervalNanos(), limits.perName().intervalNanos());
    return Math.ceilDiv(nanos, 1_000_000_000L);
  }

  private static byte[] named(String policy, String name) {
    return ("name\0" + policy + "\0" + name).getBytes(StandardCharsets.UTF_8);
  }
}
