package dev.headgate.policy.apikey;

import dev.headgate.concurrent.Shared;
import java.lang.ref.WeakReference;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Sees to it that no use of a key is forgotten when the configuration changes.
 *
 * <p>Each {@link KeyTable} notes the uses of its keys by itself. While one takes over from another,
 * requests find their keys in both. So a new table is known here before it copies what the others
 * have noted, and from then on whatever one notes it tells to all. That happens once a second for
 * each key at most, and the others are gone soon: they are held weakly.
 */
@Shared
final class KeyUses {
  private final Instant since;
  private volatile List<WeakReference<KeyTable>> tables = List.of();

  /**
   * @param since when noting begins; uses are noted to the second
   */
  KeyUses(Instant since) {
    this.since = since.truncatedTo(ChronoUnit.SECONDS);
  }

  Instant since() {
    return since;
  }

  /** Takes in a new table, which gets to know what is known of its keys. */
  synchronized void add(KeyTable table) {
    List<WeakReference<KeyTable>> before = tables;
    List<WeakReference<KeyTable>> now = new ArrayList<>(before);
    now.removeIf(one -> one.get() == null);
    now.add(new WeakReference<>(table));
    tables = List.copyOf(now);
    before.stream().map(WeakReference::get).filter(Objects::nonNull).forEach(table::inherit);
  }

  /** Tells all other tables that a key of one was used. */
  void used(KeyTable by, int key, int second) {
    List<WeakReference<KeyTable>> all = tables;
    if (all.size() == 1) {
      return;
    }
    byte[] hash = by.hash(key);
    for (WeakReference<KeyTable> one : all) {
      KeyTable other = one.get();
      if (other != null && other != by) {
        other.noteUse(hash, second);
      }
    }
  }
}
