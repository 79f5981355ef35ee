package dev.headgate.jwe;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Shown;
import dev.headgate.exchange.Preparation;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.Refusal;
import dev.headgate.jose.RefusedToken;
import dev.headgate.pem.PrivateKeys;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Opens encrypted tokens, of which the caller learns no more than that one is not taken. */
@Shared
public final class DecryptionKeys {
  private static final int LARGEST_FILE = 64 * 1024;

  private final List<DecryptionKey> keys;
  private final List<JweAlgorithm> algorithms;
  private final boolean required;

  /**
   * @param required whether what is not encrypted is refused
   */
  DecryptionKeys(List<DecryptionKey> keys, List<JweAlgorithm> algorithms, boolean required) {
    this.keys = List.copyOf(keys);
    this.algorithms = List.copyOf(algorithms);
    this.required = required;
  }

  /**
   * Reads the keys.
   *
   * @param below what stands before the fields in problems, with a dot at its end
   * @return null after reporting problems
   */
  public static @Nullable DecryptionKeys prepare(
      Decryption config, String below, Preparation preparation) {
    List<DecryptionKey> keys = new ArrayList<>();
    for (int i = 0; i < config.keys().size(); i++) {
      DecryptionKey key =
          key(config.keys().get(i), below + "keys[" + i + "]", config.taken(), preparation);
      if (key != null) {
        keys.add(key);
      }
    }
    return keys.size() == config.keys().size()
        ? new DecryptionKeys(keys, config.taken(), config.required())
        : null;
  }

  private static @Nullable DecryptionKey key(
      String path, String field, List<JweAlgorithm> taken, Preparation preparation) {
    try {
      DecryptionKey key = DecryptionKey.of(PrivateKeys.read(preparation.file(path, LARGEST_FILE)));
      if (taken.stream().anyMatch(algorithm -> algorithm.family() == key.family())) {
        return key;
      }
      preparation.error(field, "none of 'algorithms' is for the key of " + Shown.quoted(path), "");
    } catch (IOException e) {
      preparation.error(field, "the file cannot be read: " + e.getMessage(), "");
    } catch (InvalidKeyException e) {
      preparation.error(
          field,
          Shown.quoted(path) + " " + e.getMessage(),
          "'openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256' makes one; the issuer gets its public half");
    }
    return null;
  }

  /**
   * Whether a token is to be opened first: whether it is encrypted, by its looks.
   *
   * @throws RefusedToken if it is not, and must be
   */
  public boolean opens(byte[] bytes, int from, int length) throws RefusedToken {
    boolean encrypted = CompactJwe.isOne(bytes, from, length);
    if (required && !encrypted) {
      throw new RefusedToken(Refusal.ENCRYPTION, "it is not encrypted, as it must be");
    }
    return encrypted;
  }

  /**
   * What is inside an encrypted token, to be read as a signed one. Slow, and not for a loop.
   *
   * @throws RefusedToken always for the same reason
   */
  public byte[] open(byte[] token) throws RefusedToken {
    CompactJwe jwe;
    try {
      jwe = CompactJwe.parse(token);
    } catch (Malformed e) {
      throw new RefusedToken(Refusal.ENCRYPTION, String.valueOf(e.getMessage()));
    }
    if (!jwe.nested()) {
      throw new RefusedToken(
          Refusal.ENCRYPTION, "its 'cty' is not JWT: there is no signed token inside");
    }
    if (algorithms.contains(jwe.algorithm())) {
      for (DecryptionKey key : candidates(jwe)) {
        byte[] inside = key.open(jwe);
        if (inside != null) {
          return inside;
        }
      }
    }
    throw new RefusedToken(Refusal.ENCRYPTION, "no key opens it with its 'alg'");
  }

  /** The key that it names; if none has that name, as issuers make up their own, all may be it. */
  private List<DecryptionKey> candidates(CompactJwe jwe) {
    List<DecryptionKey> fitting =
        keys.stream().filter(key -> key.family() == jwe.algorithm().family()).toList();
    List<DecryptionKey> named =
        fitting.stream().filter(key -> Objects.equals(key.id(), jwe.keyId())).toList();
    return named.isEmpty() ? fitting : named;
  }
}
