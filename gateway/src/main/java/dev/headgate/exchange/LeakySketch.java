package dev.headgate.exchange;

import dev.headgate.concurrent.Shared;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How much each of any number of keys owes, where a debt is paid off as time passes; in two
 * mebibytes, whatever comes.
 *
 * <p>A count-min sketch whose cells are leaky buckets. A key has one cell in each of four rows. A
 * cell holds the time at which its debt will be paid; owing more moves that time on. Keys share
 * cells, so a cell can only say too much, and the least of a key's four is nearest the truth: with
 * ten thousand keys in debt, four in ten thousand others look as if they were. Where a key's cells
 * are depends on a random number that nobody knows, so nobody can choose whom to share with.
 *
 * <p>Shared by all loops: cells are atomic words, changed by compare-and-set. Time is that of
 * {@link Loop#nanos}.
 */
@Shared
final class LeakySketch {
  private static final int ROWS = 4;
  private static final int CELLS = 1 << 16;

  private final AtomicLongArray paidAt = new AtomicLongArray(ROWS * CELLS);
  private final byte[] secret = new byte[16];

  LeakySketch() {
    new SecureRandom().nextBytes(secret);
  }

  /** Where a key's debts are. */
  final class Cells {
    private final int[] at = new int[ROWS];

    private Cells(byte[] key) {
      ByteBuffer hash = ByteBuffer.wrap(hash(key));
      for (int row = 0; row < ROWS; row++) {
        at[row] = row * CELLS + (hash.getInt() & (CELLS - 1));
      }
    }

    /** How long it takes until all is paid, in nanoseconds. */
    long owed(long now) {
      long least = Long.MAX_VALUE;
      for (int cell : at) {
        least = Math.min(least, debt(paidAt.get(cell), now));
      }
      return least;
    }

    /**
     * Owes more, but never more than so much.
     *
     * @param nanos the time that it takes to pay it off
     */
    void owe(long nanos, long most, long now) {
      for (int cell : at) {
        paidAt.updateAndGet(cell, then -> now + Math.min(debt(then, now) + nanos, most));
      }
    }
  }

  Cells of(byte[] key) {
    return new Cells(key);
  }

  /** Zero is a cell that nobody used; the clock may be anywhere. */
  private static long debt(long paidAt, long now) {
    return paidAt == 0 ? 0 : Math.max(0, paidAt - now);
  }

  private byte[] hash(byte[] key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(secret);
      return sha256.digest(key);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
