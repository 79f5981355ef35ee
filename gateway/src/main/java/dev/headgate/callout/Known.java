package dev.headgate.callout;

import static dev.headgate.exchange.CredentialHash.LENGTH;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.CredentialHash;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What one loop has found out, by the SHA-256 of what it is about: 32 bytes each, so that no
 * credential is kept, found without making an object.
 *
 * <p>A table of sets of eight places. The first bytes of the hash choose the set, which is then
 * searched whole; what is new takes an empty place there, else that of something that has expired,
 * else that of what matters less, else that of what was not used for longest. So it is bounded,
 * needs no list of what was used when, and a look-up touches 256 bytes. The whole hash is compared,
 * and equal hashes of two things are out of anybody's reach, so that what is found is about that
 * very thing, every byte of it. Where strangers decide what is remembered the hash must have a key:
 * else they could choose whose place they take.
 *
 * @param <V> what is remembered
 */
@LoopConfined
public final class Known<V> {
  private static final int WAYS = 8;
  private static final byte[] NOTHING = {};

  private final int sets;
  private byte[] hashes = NOTHING;
  private @Nullable Entry<V>[] entries = none(0);
  private long uses;

  /** How much it matters that something is remembered. */
  public enum Worth {
    /** It gives way to everything else. */
    LITTLE,
    MUCH
  }

  private static final class Entry<V> {
    private final V value;
    private final Worth worth;
    private final long expires;
    private long used;

    Entry(V value, Worth worth, long expires, long used) {
      this.value = value;
      this.worth = worth;
      this.expires = expires;
      this.used = used;
    }

    /** The least goes first. */
    long rank(long now) {
      return expires <= now
          ? Long.MIN_VALUE + 2
          : worth == Worth.LITTLE ? Long.MIN_VALUE / 2 + used : used;
    }
  }

  /**
   * @param most how many are remembered, about; 0 for none
   */
  public Known(int most) {
    this.sets = most == 0 ? 0 : Math.max(1, Integer.highestOneBit(Math.max(1, most / WAYS)));
  }

  /** What is known by that hash, expired or not; or null. */
  public @Nullable V find(byte[] hash) {
    if (hashes.length == 0) {
      return null;
    }
    int first = first(hash);
    for (int place = first; place < first + WAYS; place++) {
      Entry<V> entry = entries[place];
      if (entry != null && CredentialHash.equal(hash, hashes, place * LENGTH)) {
        entry.used = ++uses;
        return entry.value;
      }
    }
    return null;
  }

  /**
   * Remembers something.
   *
   * @param expires when it may be forgotten, on the same clock as {@code now}
   */
  public void put(byte[] hash, V value, Worth worth, long expires, long now) {
    if (sets == 0) {
      return;
    }
    if (hashes.length == 0) {
      hashes = new byte[sets * WAYS * LENGTH];
      entries = none(sets * WAYS);
    }
    int first = first(hash);
    int chosen = first;
    long least = Long.MAX_VALUE;
    for (int place = first; place < first + WAYS; place++) {
      Entry<V> there = entries[place];
      boolean same = there != null && CredentialHash.equal(hash, hashes, place * LENGTH);
      long rank = same ? Long.MIN_VALUE : there == null ? Long.MIN_VALUE + 1 : there.rank(now);
      if (rank < least) {
        least = rank;
        chosen = place;
      }
    }
    System.arraycopy(hash, 0, hashes, chosen * LENGTH, LENGTH);
    entries[chosen] = new Entry<>(value, worth, expires, ++uses);
  }

  private int first(byte[] hash) {
    return (ByteBuffer.wrap(hash).getInt() & (sets - 1)) * WAYS;
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // no array of a generic type can be made
  private static <V> @Nullable Entry<V>[] none(int length) {
    return new Entry[length];
  }
}
