package dev.headgate.policy.apikey;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.CredentialList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All keys that a policy takes. Used by all loops. */
final class PolicyKeys {
  private final String policy;
  private final ConsumersKeys keys;
  private final KeyRing fast;
  private final KeyRing slow;

  /**
   * @param policy its name
   */
  PolicyKeys(String policy, ConsumersKeys keys, Map<String, Consumer> consumers) {
    this.policy = policy;
    this.keys = keys;
    this.fast = new KeyRing(keys.fast(), policy, consumers);
    this.slow = new KeyRing(keys.slow(), policy, consumers);
  }

  String policy() {
    return policy;
  }

  /** The key with that SHA-256, or null. */
  KeyRing.@Nullable Known find(byte[] hash) {
    return fast.find(hash);
  }

  SlowKeys prefixes() {
    return keys.prefixes();
  }

  /** The slow key of that number. */
  KeyRing.Known slow(int number) {
    return slow.at(number);
  }

  /** For operators to look at. */
  List<CredentialList> lists() {
    return keys.lists();
  }
}
