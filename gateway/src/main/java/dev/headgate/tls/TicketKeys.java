package dev.headgate.tls;

import dev.headgate.concurrent.Shared;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The keys that session tickets are sealed with, made in this process and never written anywhere.
 *
 * <p>One key seals; it and its predecessor open. A key is replaced every {@link #ROTATION}, so a
 * ticket works for one to two hours and what a stolen key can open is bounded by the same. All
 * contexts of a node share the keys, which is what lets a client resume after its certificate was
 * replaced. That a session is not resumed where other client certificates are asked for is not the
 * keys' doing but the session context's: see {@link ServerTlsContext}.
 *
 * <p>Readers take one volatile reference to an immutable list; only the rotation writes, under the
 * lock.
 */
@Shared
public final class TicketKeys {
  /** How long one key seals tickets. */
  public static final Duration ROTATION = Duration.ofHours(1);

  private final SecureRandom random = new SecureRandom();
  private volatile Generation generation;

  private record Generation(Instant madeAt, List<OpenSslSessionTicketKey> keys) {}

  public TicketKeys(Instant now) {
    this.generation = new Generation(now, List.of(newKey()));
  }

  /** The sealing key first. The list is immutable and a new one after each rotation. */
  List<OpenSslSessionTicketKey> keys() {
    return generation.keys();
  }

  /** Makes a new key if the current one has served its time. */
  synchronized void rotateIfDue(Instant now) {
    if (now.isBefore(generation.madeAt().plus(ROTATION))) {
      return;
    }
    generation = new Generation(now, List.of(newKey(), generation.keys().getFirst()));
  }

  private OpenSslSessionTicketKey newKey() {
    return new OpenSslSessionTicketKey(
        randomBytes(OpenSslSessionTicketKey.NAME_SIZE),
        randomBytes(OpenSslSessionTicketKey.HMAC_KEY_SIZE),
        randomBytes(OpenSslSessionTicketKey.AES_KEY_SIZE));
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
