package dev.headgate.policy.basic;

import dev.headgate.config.Consumer;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import dev.headgate.secret.SlowHash;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All users of one configuration. For a name that nobody has there is a hash too, which no password
 * matches and which costs what some user's costs: so the time of an answer does not tell who is
 * there. Immutable.
 */
final class Users {
  private final String policy;
  private final Map<String, User> users = new HashMap<>();
  private final List<SlowHash> decoys = new ArrayList<>();
  private final int seed;

  /**
   * Somebody who may log in, or a name that nobody has.
   *
   * @param identity null for nobody
   */
  record User(SlowHash hash, @Nullable Identity identity) {}

  /**
   * @param policy the name of the policy that vouches
   */
  Users(String policy, Map<String, Consumer> consumers) {
    SecureRandom random = new SecureRandom();
    this.policy = policy;
    seed = random.nextInt();
    consumers.forEach((name, consumer) -> {
      KnownConsumer known = new KnownConsumer(name, consumer);
      for (Consumer.Credential credential : consumer.credentials()) {
        if (credential.credential().config() instanceof BasicCredential basic) {
          SlowHash hash = hash(basic);
          Identity identity = new Identity(policy, basic.user(), known, List.of(), Map.of());
          users.put(basic.user(), new User(hash, identity));
          decoys.add(hash.decoy(random));
        }
      }
    });
    if (decoys.isEmpty()) {
      decoys.add(SlowHash.of(new byte[0], random).decoy(random));
    }
  }

  private static SlowHash hash(BasicCredential credential) {
    try {
      return SlowHash.parse(credential.hash());
    } catch (SlowHash.Malformed e) {
      throw new IllegalStateException("it was checked before", e);
    }
  }

  /** The name of the policy that vouches. */
  String policy() {
    return policy;
  }

  User of(String name) {
    User user = users.get(name);
    return user != null
        ? user
        : new User(decoys.get(Math.floorMod(name.hashCode() * 31 + seed, decoys.size())), null);
  }
}
