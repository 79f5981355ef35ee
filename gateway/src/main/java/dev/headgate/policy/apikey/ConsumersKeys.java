package dev.headgate.policy.apikey;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.Preparation;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The keys that stand under {@code consumers}. */
final class ConsumersKeys {
  private static final String SOURCE = "consumers";

  private ConsumersKeys() {}

  /** Their table, one for all policies as long as the consumers stay the same. */
  static KeyTable table(Preparation preparation) {
    record Of(Map<String, Consumer> consumers) {}
    Map<String, Consumer> consumers = preparation.consumers();
    return preparation.shared(
        KeyTable.class, new Of(consumers), () -> read(consumers, uses(preparation)));
  }

  /** What the node knows of the uses of keys, which outlives every table. */
  static KeyUses uses(Preparation preparation) {
    return preparation.shared(KeyUses.class, KeyUses.class, () -> new KeyUses(preparation.now()));
  }

  private static KeyTable read(Map<String, Consumer> consumers, KeyUses uses) {
    KeyTable.Builder keys = new KeyTable.Builder();
    consumers.forEach((name, consumer) -> {
      for (Consumer.Credential credential : consumer.credentials()) {
        if (credential.credential().config() instanceof ApiKeyCredential key) {
          String hex = key.sha256().toLowerCase(Locale.ROOT);
          String id = key.id() == null ? hex.substring(0, 8) : key.id();
          keys.add(
              HexFormat.of().parseHex(hex),
              KeyRecord.of(name, id, List.of(), key.notBefore(), key.expires()));
        }
      }
    });
    return keys.build(SOURCE, uses);
  }
}
