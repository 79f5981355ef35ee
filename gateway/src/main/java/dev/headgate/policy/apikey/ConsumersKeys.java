package dev.headgate.policy.apikey;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.Preparation;
import dev.headgate.secret.SlowHash;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The keys that stand under {@code consumers}. Immutable.
 *
 * @param fast those that are found by their SHA-256
 * @param slow those that are found by their prefix; in place of the SHA-256 of a key the table has
 *     that of its slow hash, so it is not to be searched for what a caller shows
 * @param prefixes what is known of those
 */
record ConsumersKeys(KeyTable fast, KeyTable slow, SlowKeys prefixes) {
  private static final String SOURCE = "consumers";

  /** The keys, put together once for all policies as long as the consumers stay the same. */
  static ConsumersKeys of(Preparation preparation) {
    record Of(Map<String, Consumer> consumers) {}
    Map<String, Consumer> consumers = preparation.consumers();
    return preparation.shared(
        ConsumersKeys.class, new Of(consumers), () -> read(consumers, uses(preparation)));
  }

  /** What the node knows of the uses of keys, which outlives every table. */
  static KeyUses uses(Preparation preparation) {
    return preparation.shared(KeyUses.class, KeyUses.class, () -> new KeyUses(preparation.now()));
  }

  private static ConsumersKeys read(Map<String, Consumer> consumers, KeyUses uses) {
    KeyTable.Builder fast = new KeyTable.Builder();
    KeyTable.Builder slow = new KeyTable.Builder();
    TreeMap<String, SlowKeys.Slow> prefixes = new TreeMap<>();
    CredentialHash sha256 = new CredentialHash();
    consumers.forEach((name, consumer) -> {
      for (ApiKeyCredential key : keys(consumer)) {
        if (key.sha256() != null) {
          String hex = key.sha256().toLowerCase(Locale.ROOT);
          fast.add(HexFormat.of().parseHex(hex), record(name, key, hex.substring(0, 8)));
        } else if (key.prefix() != null && key.slowHash() != null) {
          SlowHash hash = parsed(key.slowHash());
          sha256.begin();
          sha256.add(hash.text());
          prefixes.put(key.prefix(), new SlowKeys.Slow(key.prefix().length(), hash, slow.size()));
          slow.add(sha256.end(), record(name, key, key.prefix()));
        }
      }
    });
    return new ConsumersKeys(
        fast.build(SOURCE, uses),
        slow.build(SOURCE, uses),
        new SlowKeys(prefixes, new SecureRandom()));
  }

  /** The API keys of a consumer. */
  static List<ApiKeyCredential> keys(Consumer consumer) {
    List<ApiKeyCredential> keys = new ArrayList<>();
    for (Consumer.Credential credential : consumer.credentials()) {
      if (credential.credential().config() instanceof ApiKeyCredential key) {
        keys.add(key);
      }
    }
    return keys;
  }

  private static KeyRecord record(String consumer, ApiKeyCredential key, String otherwise) {
    String id = key.id() == null ? otherwise : key.id();
    return KeyRecord.of(consumer, id, List.of(), key.notBefore(), key.expires());
  }

  private static SlowHash parsed(String text) {
    try {
      return SlowHash.parse(text);
    } catch (SlowHash.Malformed e) {
      throw new IllegalStateException("it was checked before", e);
    }
  }
}
