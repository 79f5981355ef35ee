package dev.headgate.tls;

import dev.headgate.concurrent.Shared;
import dev.headgate.pem.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Looks at certificate files again and again, and tells their owners when one has changed.
 *
 * <p>Looking beats being notified here: file notifications miss what a symbolic link points to,
 * which is how Kubernetes swaps a secret, and do not cross network file systems. What is compared
 * is the content, read only when size, time or file key differ. A chain and its key are two files
 * that are written one after the other, so an owner is told when what changed has stayed the same
 * for one look: at an interval of one second a renewal is in use after one to two.
 *
 * <p>One daemon thread does all looking and calls all owners; registration is a concurrent map.
 */
@Shared
public final class CertificateWatch implements AutoCloseable {
  private final Clock clock;
  private final Map<Watched, State> watched = new ConcurrentHashMap<>();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("headgate-certificates").factory());

  /** How one owner's files were when last looked at; touched by the looking thread only. */
  private static final class State {
    Map<Path, Print> seen;
    boolean changed;

    State(Map<Path, Print> seen) {
      this.seen = seen;
    }
  }

  /** What tells one content of a file from another. */
  private record Print(String attributes, String digest) {}

  private static final Print ABSENT = new Print("", "");

  public CertificateWatch(Clock clock) {
    this.clock = clock;
  }

  /** Begins to look, once every interval. */
  public void start(Duration interval) {
    var unused =
        executor.scheduleWithFixedDelay(
            this::look, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Watches the files of an owner as they are now: it is told of later changes. Reads the files.
   */
  public void add(Watched owner) {
    watched.put(owner, new State(prints(owner, Map.of())));
  }

  /** Forgets an owner; a call that is under way may still finish. */
  public void remove(Watched owner) {
    watched.remove(owner);
  }

  /** Looks once at everything. Called by the watch's own thread, or by a test in its stead. */
  void look() {
    for (Map.Entry<Watched, State> entry : watched.entrySet()) {
      Watched owner = entry.getKey();
      State state = entry.getValue();
      Map<Path, Print> now = prints(owner, state.changed ? Map.of() : state.seen);
      boolean same = digestsEqual(now, state.seen);
      if (same && state.changed) {
        state.changed = false;
        owner.reload(clock.instant());
      } else if (!same) {
        state.changed = true;
      }
      state.seen = now;
      owner.tick(clock.instant());
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private static boolean digestsEqual(Map<Path, Print> one, Map<Path, Print> other) {
    if (!one.keySet().equals(other.keySet())) {
      return false;
    }
    for (Map.Entry<Path, Print> entry : one.entrySet()) {
      Print print = other.get(entry.getKey());
      if (print == null || !print.digest().equals(entry.getValue().digest())) {
        return false;
      }
    }
    return true;
  }

  private static Map<Path, Print> prints(Watched owner, Map<Path, Print> before) {
    Map<Path, Print> prints = new HashMap<>();
    for (Path file : owner.files()) {
      prints.put(file, print(file, before.getOrDefault(file, ABSENT)));
    }
    return prints;
  }

  private static Print print(Path file, Print before) {
    try {
      Map<String, Object> values = Files.readAttributes(file, "size,lastModifiedTime,fileKey");
      String attributes =
          values.get("size") + " " + values.get("lastModifiedTime") + " " + values.get("fileKey");
      return attributes.equals(before.attributes()) ? before : new Print(attributes, digest(file));
    } catch (IOException e) {
      return ABSENT;
    }
  }

  private static String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] content = in.readNBytes(Pem.MAX_BYTES + 1);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      Arrays.fill(content, (byte) 0);
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
