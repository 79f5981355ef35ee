package dev.headgate.policy.hmac;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Consumer;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Identity.KnownConsumer;
import dev.headgate.secret.SharedSecret;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** All secrets that requests are signed with, by the names by which they are found. Immutable. */
@Shared
final class Secrets {
  private final Map<String, Owner> byName = new HashMap<>();

  /**
   * Whose a name is.
   *
   * @param keys any of which may have signed
   */
  record Owner(Identity identity, List<SecretKey> keys) {}

  /**
   * @param policy the name of the policy that vouches
   * @param only the consumer whose secrets all count under its own name; null if requests name them
   */
  Secrets(String policy, Map<String, Consumer> consumers, @Nullable String only, String algorithm) {
    consumers.forEach((name, consumer) -> {
      KnownConsumer known = new KnownConsumer(name, consumer);
      for (Consumer.Credential credential : consumer.credentials()) {
        if (credential.credential().config() instanceof HmacCredential hmac
            && (only == null || only.equals(name))) {
          String id = only != null ? name : id(name, hmac);
          byte[] secret = SharedSecret.bytes(hmac.secret(), hmac.encoding());
          byName
              .computeIfAbsent(
                  id,
                  _ ->
                      new Owner(
                          new Identity(policy, id, known, List.of(), Map.of()), new ArrayList<>()))
              .keys()
              .add(new SecretKeySpec(secret, algorithm));
        }
      }
    });
  }

  /** How requests name a credential. */
  static String id(String consumer, HmacCredential credential) {
    return credential.id() == null ? consumer : credential.id();
  }

  @Nullable Owner of(String name) {
    return byName.get(name);
  }
}
