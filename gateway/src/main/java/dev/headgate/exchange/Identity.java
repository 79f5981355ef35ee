package dev.headgate.exchange;

import dev.headgate.config.Consumer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is calling, as far as a policy vouches for it. Immutable, so that one made for a credential
 * serves all requests that show it.
 *
 * @param policy the name of the policy that vouches
 * @param subject who it is in the words of the credential: a token's subject, a user's name, a
 *     key's id
 * @param consumer the consumer that it belongs to; null for a caller that is not among them
 * @param scopes what the credential says that it is for
 * @param claims all that the credential says, as JSON's types: String, Boolean, Long, Double, List,
 *     Map
 */
public record Identity(
    String policy,
    String subject,
    @Nullable KnownConsumer consumer,
    List<String> scopes,
    Map<String, Object> claims) {

  /** A consumer with its name. */
  public record KnownConsumer(String name, Consumer config) {}

  public List<String> groups() {
    return consumer == null ? List.of() : consumer.config().groups();
  }

  public Map<String, String> labels() {
    return consumer == null ? Map.of() : consumer.config().labels();
  }

  /** Without claims: they are personal. */
  @Override
  public String toString() {
    return "Identity[" + policy + (consumer == null ? "" : ", " + consumer.name()) + "]";
  }
}
