package dev.headgate.secret;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Preparation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one loop knows of secrets and their slow hashes: which belong together and which do not.
 *
 * <p>A pair of a hash and a secret is known by an HMAC under a key that this object makes and never
 * tells: no secret is kept, and who reads the memory without the key cannot try secrets against it.
 * What was found out is remembered for a bounded time, right and wrong apart, so that guesses push
 * out no secret that is right. A pair that is not known is checked elsewhere, once for all requests
 * that ask meanwhile. Only {@link #UNDER_WAY} checks of a loop run at once, and {@link #WAITING}
 * more wait: guesses must not keep the threads from other work, nor valid callers waiting for long.
 */
@LoopConfined
public final class ProvenSecrets {
  private static final Logger LOG = LoggerFactory.getLogger(ProvenSecrets.class);

  /** How many checks run at once for one loop. */
  static final int UNDER_WAY = 2;

  /** How many more wait for their turn. */
  static final int WAITING = 32;

  private static final int MOST_PROVEN = 8192;
  private static final int MOST_WRONG = 1024;

  /** A wrong secret stays wrong; this only bounds how long anything of it is kept. */
  private static final Duration REMEMBER_WRONG = Duration.ofMinutes(1);

  private final Loop loop;
  private final Mac mac;
  private final Map<ByteBuffer, Long> proven = bounded(MOST_PROVEN);
  private final Map<ByteBuffer, Long> wrong = bounded(MOST_WRONG);
  private final Map<ByteBuffer, Check> checks = new HashMap<>();
  private final Queue<Check> waiting = new ArrayDeque<>();
  private int underWay;

  /** What is known of a secret. */
  public enum Verdict {
    PROVEN,
    WRONG,

    /** It was found to be wrong a short while ago: no new guess. */
    KNOWN_WRONG,

    /** Too much waits already, or the check failed: nothing is known. */
    BUSY
  }

  /** The instances of all loops, for what outlives a revision. A map that many threads may use. */
  @Shared
  public static final class ByLoop {
    private final ConcurrentMap<Loop, ProvenSecrets> byLoop = new ConcurrentHashMap<>();

    /** Those of the node, which all policies that prove secrets share. */
    public static ByLoop shared(Preparation preparation) {
      return preparation.shared(ByLoop.class, ProvenSecrets.class, ByLoop::new);
    }

    /** The loop's own, made at its first use; on that loop. */
    public ProvenSecrets of(Loop loop) {
      return byLoop.computeIfAbsent(loop, ProvenSecrets::new);
    }
  }

  /** Who asks for one request. */
  public interface Asking {
    /** Why a secret that is not known must not be checked now; null if it may. */
    @Nullable Failure refusal();

    /** What a verdict means for the request; called once, at once or later. */
    Decision decided(Verdict verdict);
  }

  private record Waiter(Decision.Await await, Asking asking) {}

  /** One pair that is being found out about, and who waits for it. */
  private record Check(ByteBuffer name, SlowHash hash, byte[] secret, List<Waiter> waiters) {
    boolean isWanted() {
      return waiters.stream().anyMatch(waiter -> !waiter.await().cancelled());
    }
  }

  ProvenSecrets(Loop loop) {
    this.loop = loop;
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    try {
      this.mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  private static Map<ByteBuffer, Long> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Long> eldest) {
        return size() > most;
      }
    };
  }

  /**
   * Finds out whether a hash is that of a secret.
   *
   * @param remember how long the answer may be taken from memory if it is yes
   */
  public Decision prove(SlowHash hash, byte[] secret, Duration remember, Asking asking) {
    ByteBuffer name = name(hash, secret);
    if (knows(proven, name, remember)) {
      return asking.decided(Verdict.PROVEN);
    }
    if (knows(wrong, name, REMEMBER_WRONG)) {
      return asking.decided(Verdict.KNOWN_WRONG);
    }
    Failure refusal = asking.refusal();
    if (refusal != null) {
      return Decision.fail(refusal);
    }
    Check check = checks.get(name);
    if (check == null) {
      if (underWay >= UNDER_WAY && waiting.size() >= WAITING && !makeRoom()) {
        return asking.decided(Verdict.BUSY);
      }
      check = new Check(name, hash, secret.clone(), new ArrayList<>());
      checks.put(name, check);
      waiting.add(check);
    }
    Decision.Await await = new Decision.Await();
    check.waiters().add(new Waiter(await, asking));
    next();
    return await;
  }

  private ByteBuffer name(SlowHash hash, byte[] secret) {
    mac.update(hash.text().getBytes(StandardCharsets.US_ASCII));
    mac.update((byte) 0);
    return ByteBuffer.wrap(mac.doFinal(secret));
  }

  private boolean knows(Map<ByteBuffer, Long> known, ByteBuffer name, Duration remember) {
    Long since = known.get(name);
    if (since != null && loop.nanos() - since >= remember.toNanos()) {
      known.remove(name);
      since = null;
    }
    return since != null;
  }

  /** Callers that went away while they waited need no answer. */
  private boolean makeRoom() {
    waiting.removeIf(check -> {
      boolean unwanted = !check.isWanted();
      if (unwanted) {
        checks.remove(check.name());
      }
      return unwanted;
    });
    return waiting.size() < WAITING;
  }

  private void next() {
    while (underWay < UNDER_WAY && waiting.poll() instanceof Check check) {
      if (check.isWanted()) {
        begin(check);
      } else {
        checks.remove(check.name());
      }
    }
  }

  private void begin(Check check) {
    underWay++;
    boolean accepted =
        loop.offload()
            .<Boolean>run(
                () -> check.hash().matches(check.secret()),
                (matches, failure) -> {
                  if (failure != null) {
                    LOG.error("a secret could not be checked", failure);
                  }
                  ended(check, verdict(matches));
                });
    if (!accepted) {
      // Not from within the call that asked, which has not given back its answer yet.
      loop.execute(() -> ended(check, Verdict.BUSY));
    }
  }

  private static Verdict verdict(@Nullable Boolean matches) {
    return matches == null ? Verdict.BUSY : matches ? Verdict.PROVEN : Verdict.WRONG;
  }

  private void ended(Check check, Verdict verdict) {
    underWay--;
    checks.remove(check.name());
    switch (verdict) {
      case PROVEN -> proven.put(check.name(), loop.nanos());
      case WRONG -> wrong.put(check.name(), loop.nanos());
      case KNOWN_WRONG, BUSY -> {}
    }
    for (Waiter waiter : check.waiters()) {
      if (!waiter.await().cancelled()) {
        waiter.await().complete(waiter.asking().decided(verdict));
      }
    }
    next();
  }
}
