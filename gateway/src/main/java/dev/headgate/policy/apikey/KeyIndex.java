package dev.headgate.policy.apikey;

import static dev.headgate.exchange.CredentialHash.LENGTH;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All API keys of one configuration by the hash of the key. Immutable, used by all loops.
 *
 * <p>A table with open addressing over one array of hashes, a power of two at most half full. Where
 * a key's search begins is told by the first bytes of its SHA-256, which a caller cannot choose
 * without knowing a preimage; the whole hash is compared in constant time all the same.
 */
final class KeyIndex {
  private final byte[] hashes;
  private final @Nullable Key[] keys;
  private final int mask;

  /**
   * A key that is known.
   *
   * @param notBefore milliseconds since 1970
   * @param expires milliseconds since 1970
   */
  record Key(Identity identity, long notBefore, long expires) {}

  /**
   * @param policy the name of the policy that vouches
   */
  KeyIndex(String policy, Map<String, Consumer> consumers) {
    int count = 0;
    for (Consumer consumer : consumers.values()) {
      for (Consumer.Credential credential : consumer.credentials()) {
        count += credential.credential().config() instanceof ApiKeyCredential ? 1 : 0;
      }
    }
    int slots = Integer.highestOneBit(Math.max(4, count * 2)) << 1;
    mask = slots - 1;
    hashes = new byte[slots * LENGTH];
    keys = new Key[slots];
    consumers.forEach((name, consumer) -> {
      KnownConsumer known = new KnownConsumer(name, consumer);
      for (Consumer.Credential credential : consumer.credentials()) {
        if (credential.credential().config() instanceof ApiKeyCredential key) {
          add(policy, known, key);
        }
      }
    });
  }

  private void add(String policy, KnownConsumer consumer, ApiKeyCredential credential) {
    String hex = credential.sha256().toLowerCase(Locale.ROOT);
    byte[] hash = HexFormat.of().parseHex(hex);
    String id = credential.id() == null ? hex.substring(0, 8) : credential.id();
    Identity identity = new Identity(policy, id, consumer, List.of(), Map.of());
    int slot = slot(hash);
    while (keys[slot] != null) {
      slot = (slot + 1) & mask;
    }
    System.arraycopy(hash, 0, hashes, slot * LENGTH, LENGTH);
    keys[slot] =
        new Key(
            identity,
            credential.notBefore() == null ? Long.MIN_VALUE : credential.notBefore().toEpochMilli(),
            credential.expires() == null ? Long.MAX_VALUE : credential.expires().toEpochMilli());
  }

  /** The key with that hash, or null. */
  @Nullable Key find(byte[] hash) {
    int slot = slot(hash);
    for (Key key = keys[slot]; key != null; key = keys[slot]) {
      if (CredentialHash.equal(hash, hashes, slot * LENGTH)) {
        return key;
      }
      slot = (slot + 1) & mask;
    }
    return null;
  }

  private int slot(byte[] hash) {
    return ByteBuffer.wrap(hash).getInt() & mask;
  }
}
