package dev.headgate.policy.apikey;

import dev.headgate.secret.SlowHash;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The keys with a slow hash, by what they begin with. For a key that begins with no prefix there is
 * a hash too, which no key matches and which costs what some key's costs: so the time of an answer
 * does not tell which prefixes there are. Immutable.
 */
final class SlowKeys {
  private final NavigableMap<String, Slow> byPrefix;
  private final List<Slow> decoys = new ArrayList<>();
  private final int seed;

  /**
   * What a key is to be proven with.
   *
   * @param prefixLength how much of it claims whose it is
   * @param number in the table of slow keys; {@link KeyTable#NONE} for nobody's
   */
  record Slow(int prefixLength, SlowHash hash, int number) {
    String claim(String key) {
      return key.substring(0, Math.min(prefixLength, key.length()));
    }
  }

  /**
   * @param byPrefix where no prefix begins with another
   */
  SlowKeys(Map<String, Slow> byPrefix, SecureRandom random) {
    this.byPrefix = new TreeMap<>(byPrefix);
    this.seed = random.nextInt();
    this.byPrefix
        .values()
        .forEach(slow ->
            decoys.add(new Slow(slow.prefixLength, slow.hash.decoy(random), KeyTable.NONE)));
  }

  boolean isEmpty() {
    return decoys.isEmpty();
  }

  /** What a key is to be proven with; must not be asked if there are none. */
  Slow of(String key) {
    // As no prefix begins with another, only the last one before the key can be its own.
    Map.Entry<String, Slow> last = byPrefix.floorEntry(key);
    if (last != null && key.startsWith(last.getKey())) {
      return last.getValue();
    }
    // Keys that begin alike get the same, as they would if the prefix were somebody's.
    String beginning = key.substring(0, Math.min(ApiKeyCredential.LEAST_PREFIX, key.length()));
    return decoys.get(Math.floorMod(beginning.hashCode() * 31 + seed, decoys.size()));
  }
}
