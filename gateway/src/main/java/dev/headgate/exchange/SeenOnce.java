package dev.headgate.exchange;

import dev.headgate.concurrent.Shared;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * What must not be taken twice within some time, such as the ids of proofs and signatures: for all
 * loops of a node.
 *
 * <p>Two tables, an old one and a new one. Each is a set of 64 bits in open addressing, of which at
 * most half the places are taken. What comes is looked for in both and put into the new one; after
 * the time that it must be known for, the new one becomes the old one, and what was in the old one
 * is forgotten. So everything is known for that time at least, and three times that at most. The 64
 * bits are of a SHA-256 together with a secret of this object: nobody can make two ids meet, and by
 * chance it happens once in 10^13 with a million of them; then an honest caller is refused once.
 *
 * <p>When a table is full nothing more is taken: to forget early would let what is forgotten be
 * taken again. Guarded by its own lock, which is held for a look at two tables; a table begins as
 * large as the one before needed to be, so that it hardly ever grows while somebody waits.
 */
@Shared
public final class SeenOnce {
  private static final int SMALLEST = 1024;

  private final byte[] salt = new byte[16];
  private long[] recent = {};
  private long[] old = {};
  private int count;
  private long begun;

  /** What became of something that came. */
  public enum Seen {
    FIRST,
    AGAIN,
    /** Too much came within the time. */
    FULL
  }

  /**
   * The memory of all policies of a kind that know things for that time: what one has taken, no
   * other takes.
   *
   * @param known as for {@link #first}
   */
  public static SeenOnce shared(Preparation preparation, String kind, long known) {
    record Memory(String kind, long known) {}
    return preparation.shared(SeenOnce.class, new Memory(kind, known), SeenOnce::new);
  }

  public SeenOnce() {
    new SecureRandom().nextBytes(salt);
  }

  /**
   * Remembers something.
   *
   * @param now on the monotonic clock
   * @param known for how long, at least, in nanoseconds
   * @param most how much there may be within that time
   */
  public Seen first(byte[] id, long now, long known, int most) {
    long bits = bits(id);
    synchronized (this) {
      if (now - begun >= known) {
        old = now - begun >= 2 * known ? new long[0] : recent;
        recent = new long[count == 0 ? 0 : Math.max(SMALLEST, Integer.highestOneBit(count) * 4)];
        count = 0;
        begun = now;
      }
      if (holds(old, bits) || holds(recent, bits)) {
        return Seen.AGAIN;
      }
      if (count >= most) {
        return Seen.FULL;
      }
      if (2 * (count + 1) > recent.length) {
        recent = grown(recent);
      }
      put(recent, bits);
      count++;
      return Seen.FIRST;
    }
  }

  /** Zero stands for an empty place. */
  private long bits(byte[] id) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(salt);
      long bits = ByteBuffer.wrap(sha256.digest(id)).getLong();
      return bits == 0 ? 1 : bits;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static boolean holds(long[] table, long bits) {
    if (table.length == 0) {
      return false;
    }
    int place = (int) bits & (table.length - 1);
    while (table[place] != 0) {
      if (table[place] == bits) {
        return true;
      }
      place = (place + 1) & (table.length - 1);
    }
    return false;
  }

  private static void put(long[] table, long bits) {
    int place = (int) bits & (table.length - 1);
    while (table[place] != 0) {
      place = (place + 1) & (table.length - 1);
    }
    table[place] = bits;
  }

  private static long[] grown(long[] table) {
    long[] larger = new long[Math.max(SMALLEST, table.length * 2)];
    for (long bits : table) {
      if (bits != 0) {
        put(larger, bits);
      }
    }
    return larger;
  }
}
