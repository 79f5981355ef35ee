package dev.headgate.policy.apikey;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.CredentialList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All keys that a policy takes. Used by all loops. */
final class PolicyKeys {
  private final String policy;
  private final ConsumersKeys keys;
  private final KeyRing fast;
  private final KeyRing slow;
  private final @Nullable KeyRing inFile;
  private final List<CredentialList> lists;

  /**
   * @param policy its name
   * @param inFile those of its keys file
   */
  PolicyKeys(
      String policy,
      ConsumersKeys keys,
      @Nullable KeyTable inFile,
      Map<String, Consumer> consumers) {
    this.policy = policy;
    this.keys = keys;
    this.inFile = inFile == null ? null : new KeyRing(inFile, policy, consumers);
    this.lists =
        Stream.of(keys.fast(), keys.slow(), inFile)
            .filter(table -> table != null && table.size() > 0)
            .<CredentialList>map(table -> table)
            .toList();
    this.fast = new KeyRing(keys.fast(), policy, consumers);
    this.slow = new KeyRing(keys.slow(), policy, consumers);
  }

  String policy() {
    return policy;
  }

  /** The key with that SHA-256, or null. */
  KeyRing.@Nullable Known find(byte[] hash) {
    KeyRing.Known known = fast.find(hash);
    return known != null || inFile == null ? known : inFile.find(hash);
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
    return lists;
  }
}
