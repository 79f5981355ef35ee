package dev.headgate.config.check;

import dev.headgate.config.Config;
import dev.headgate.config.Consumer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Whose the credentials of one kind are; what two have in common would prove nothing. Pure. */
public final class CredentialOwners {
  private CredentialOwners() {}

  /** Told of a credential that a consumer has and another had before it. */
  public interface Clash<K> {
    /**
     * @param at the consumer, as problems name places
     * @param owner the name of the one that had it before
     */
    void found(String at, K credential, String owner);
  }

  /**
   * The names of consumers by what tells their credentials apart.
   *
   * @param kind of credentials that are looked at
   * @param what tells one apart; null for one that does not count
   */
  public static <C, K> Map<K, String> of(
      Config whole, Class<C> kind, Function<C, @Nullable K> what, Clash<K> clash) {
    Map<K, String> owners = new HashMap<>();
    whole
        .consumers()
        .forEach((name, consumer) -> {
          for (Consumer.Credential credential : consumer.credentials()) {
            Object config = credential.credential().config();
            K own = kind.isInstance(config) ? what.apply(kind.cast(config)) : null;
            String owner = own == null ? null : owners.putIfAbsent(own, name);
            if (own != null && owner != null) {
              clash.found("consumers." + name, own, owner);
            }
          }
        });
    return owners;
  }
}
