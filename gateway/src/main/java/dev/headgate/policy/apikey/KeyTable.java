package dev.headgate.policy.apikey;

import static dev.headgate.exchange.CredentialHash.LENGTH;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.CredentialList;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Very many API keys by the hash of the key, and when each was last used. Used by all loops.
 *
 * <p>Keys are numbered. What is known of them lies in a few large arrays, so that a million keys
 * are no million objects: their hashes one after the other; what {@link KeyRecords} has written
 * about each; and the second of the last use. They are found by a table with open addressing, a
 * power of two at most half full, whose slots hold a key's number plus 1. Where a key's search
 * begins is told by the first bytes of its SHA-256, which a caller cannot choose without knowing a
 * preimage; the whole hash is compared in constant time all the same.
 *
 * <p>All is immutable but the seconds. Loops write those without order: a reader may see a use a
 * moment late. They are written when they have changed only, so a busy key costs a look.
 */
@Shared
final class KeyTable implements CredentialList {
  /** What {@link #find} says if there is no such key. */
  static final int NONE = -1;

  private final String source;
  private final KeyUses uses;
  private final byte[] hashes;
  private final int[] slots;
  private final KeyRecords records;
  private final AtomicIntegerArray lastUsed;

  private KeyTable(String source, KeyUses uses, byte[] hashes, int[] slots, KeyRecords records) {
    this.source = source;
    this.uses = uses;
    this.hashes = hashes;
    this.slots = slots;
    this.records = records;
    this.lastUsed = new AtomicIntegerArray(hashes.length / LENGTH);
  }

  /** Puts one together. */
  static final class Builder {
    private final KeyRecords.Builder records = new KeyRecords.Builder();
    private byte[] hashes = new byte[16 * LENGTH];
    private int[] slots = new int[64];
    private int size;

    int size() {
      return size;
    }

    /**
     * Adds a key.
     *
     * @param hash copied
     * @return the number of the key that has this hash already, and nothing is added; else {@link
     *     #NONE}
     */
    int add(byte[] hash, KeyRecord key) {
      int slot = slot(slots, hash, 0);
      while (slots[slot] != 0) {
        if (CredentialHash.equal(hash, hashes, (slots[slot] - 1) * LENGTH)) {
          return slots[slot] - 1;
        }
        slot = (slot + 1) & (slots.length - 1);
      }
      if ((size + 1) * LENGTH > hashes.length) {
        hashes = Arrays.copyOf(hashes, hashes.length * 2);
      }
      System.arraycopy(hash, 0, hashes, size * LENGTH, LENGTH);
      records.add(key);
      size++;
      slots[slot] = size;
      if (size * 2 > slots.length) {
        slots = slots(hashes, size, slots.length * 2);
      }
      return NONE;
    }

    KeyRecord at(int number) {
      return records.at(number);
    }

    /**
     * The table, which takes over what is known of the uses of its keys.
     *
     * @param source see {@link KeyTable#source}
     */
    KeyTable build(String source, KeyUses uses) {
      KeyTable table =
          new KeyTable(source, uses, Arrays.copyOf(hashes, size * LENGTH), slots, records.build());
      uses.add(table);
      return table;
    }
  }

  private static int[] slots(byte[] hashes, int size, int length) {
    int[] slots = new int[length];
    for (int number = 0; number < size; number++) {
      int slot = slot(slots, hashes, number * LENGTH);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (length - 1);
      }
      slots[slot] = number + 1;
    }
    return slots;
  }

  private static int slot(int[] slots, byte[] hashes, int from) {
    return ByteBuffer.wrap(hashes, from, LENGTH).getInt() & (slots.length - 1);
  }

  /** The number of the key with that hash, or {@link #NONE}. */
  int find(byte[] hash) {
    int slot = slot(slots, hash, 0);
    for (int number = slots[slot] - 1; number >= 0; number = slots[slot] - 1) {
      if (CredentialHash.equal(hash, hashes, number * LENGTH)) {
        return number;
      }
      slot = (slot + 1) & (slots.length - 1);
    }
    return NONE;
  }

  /** What is known of a key. */
  KeyRecord key(int number) {
    return records.at(number);
  }

  byte[] hash(int number) {
    return Arrays.copyOfRange(hashes, number * LENGTH, (number + 1) * LENGTH);
  }

  /**
   * Notes that a key opened a route.
   *
   * @param second since 1970; as an unsigned number it lasts until 2106
   */
  void noteUse(int number, int second) {
    if (lastUsed.getOpaque(number) != second) {
      lastUsed.setOpaque(number, second);
      uses.used(this, number, second);
    }
  }

  /** Notes a use of which another table tells. */
  void noteUse(byte[] hash, int second) {
    int number = find(hash);
    if (number != NONE) {
      lastUsed.setOpaque(number, second);
    }
  }

  /** Takes over what another table has noted of the same keys, unless more is known here. */
  void inherit(KeyTable other) {
    for (int theirs = 0; theirs < other.size(); theirs++) {
      int second = other.lastUsed.getOpaque(theirs);
      int number = second == 0 ? NONE : find(other.hash(theirs));
      if (number != NONE) {
        lastUsed.accumulateAndGet(
            number, second, (a, b) -> Integer.compareUnsigned(a, b) < 0 ? b : a);
      }
    }
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public Instant since() {
    return uses.since();
  }

  @Override
  public int size() {
    return lastUsed.length();
  }

  @Override
  public Listed at(int number) {
    KeyRecord key = key(number);
    int second = lastUsed.getOpaque(number);
    return new Listed(
        key.consumer(),
        key.id(),
        instant(key.notBefore(), KeyRecord.ALWAYS),
        instant(key.expires(), KeyRecord.NEVER),
        second == 0 ? null : Instant.ofEpochSecond(Integer.toUnsignedLong(second)));
  }

  private static @Nullable Instant instant(long millis, long unbounded) {
    return millis == unbounded ? null : Instant.ofEpochMilli(millis);
  }
}
