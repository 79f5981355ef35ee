package dev.headgate.jose;

import dev.headgate.concurrent.Shared;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The keys that an issuer signs with now. Immutable. */
@Shared
public final class KeySet {
  /** A token without a key's name is tried with this many keys at most. */
  private static final int MOST_TRIED = 4;

  private final Set<VerificationKey> keys;
  private final Map<String, List<VerificationKey>> byId = new HashMap<>();
  private final List<String> refused;
  private final @Nullable IssuerMetadata metadata;

  /**
   * @param refused what was wrong with keys that are not among them, for the log
   */
  public KeySet(List<VerificationKey> keys, List<String> refused) {
    this(keys, refused, null);
  }

  private KeySet(
      Collection<VerificationKey> keys, List<String> refused, @Nullable IssuerMetadata metadata) {
    this.keys = Set.copyOf(keys);
    this.metadata = metadata;
    this.refused = List.copyOf(refused);
    for (VerificationKey key : keys) {
      if (key.id() != null) {
        byId.merge(
            key.id(), List.of(key), (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
      }
    }
  }

  /** The same keys, found through that metadata. */
  KeySet of(IssuerMetadata found) {
    return new KeySet(keys, refused, found);
  }

  /** What the issuer said of itself when these were fetched; null if it was not asked. */
  public @Nullable IssuerMetadata metadata() {
    return metadata;
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  public int size() {
    return keys.size();
  }

  public boolean holds(VerificationKey key) {
    return keys.contains(key);
  }

  /** Whether some key has that name. */
  public boolean knows(String id) {
    return byId.containsKey(id);
  }

  /** The keys that may have signed a token that says this of itself. */
  public List<VerificationKey> candidates(JwsAlgorithm algorithm, @Nullable String id) {
    Stream<VerificationKey> some =
        id == null ? keys.stream() : byId.getOrDefault(id, List.of()).stream();
    return some.filter(key -> key.algorithms().contains(algorithm)).limit(MOST_TRIED).toList();
  }

  /** What was wrong with keys that are not among these. */
  public List<String> refused() {
    return refused;
  }

  @Override
  public String toString() {
    return keys.size() + " keys" + (refused.isEmpty() ? "" : ", " + refused.size() + " refused");
  }
}
