package dev.headgate.policy.apikey;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Consumer;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a table as a policy vouches for them.
 *
 * <p>Identities are made when a key is used and kept in a small array, where keys whose numbers end
 * alike take each other's place. Loops read and write it without order: what stands there is
 * immutable and says which key it is.
 */
@Shared
final class KeyRing {
  private static final int MOST_KEPT = 4096;

  private final KeyTable table;
  private final String policy;
  private final Map<String, Consumer> consumers;
  private final @Nullable Known[] kept;

  /** A key with whom it stands for. */
  record Known(KeyTable table, int number, KeyRecord key, Identity identity) {
    /** Notes that the key opened a route. */
    void noteUse(long millis) {
      table.noteUse(number, (int) (millis / 1000));
    }
  }

  /**
   * @param policy the name of the policy that vouches
   * @param consumers by name; one that is not among them is who the key's record says
   */
  KeyRing(KeyTable table, String policy, Map<String, Consumer> consumers) {
    this.table = table;
    this.policy = policy;
    this.consumers = consumers;
    int places = Integer.highestOneBit(Math.clamp(table.size() * 2L - 1, 1, MOST_KEPT));
    this.kept = new Known[places];
  }

  /** The key with that hash, or null. */
  @Nullable Known find(byte[] hash) {
    int number = table.find(hash);
    return number == KeyTable.NONE ? null : at(number);
  }

  Known at(int number) {
    int place = number & (kept.length - 1);
    Known known = kept[place];
    if (known == null || known.number() != number) {
      known = known(number);
      kept[place] = known;
    }
    return known;
  }

  private Known known(int number) {
    KeyRecord key = table.key(number);
    Consumer consumer = consumers.get(key.consumer());
    KnownConsumer owner =
        new KnownConsumer(
            key.consumer(),
            consumer != null ? consumer : new Consumer(List.of(), key.groups(), Map.of()));
    return new Known(
        table, number, key, new Identity(policy, key.id(), owner, List.of(), Map.of()));
  }
}
