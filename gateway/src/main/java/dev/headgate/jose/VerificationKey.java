package dev.headgate.jose;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.util.Base64URL;
import dev.headgate.concurrent.Shared;
import dev.headgate.signature.Ecdsa;
import dev.headgate.signature.Ed25519;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A key, and with it the algorithms that it verifies: what a token says of its algorithm can only
 * choose among these, so that no public key ever serves as a secret. Immutable. Two are equal if
 * they verify the same tokens.
 */
@Shared
public final class VerificationKey {
  private final @Nullable String id;
  private final Set<JwsAlgorithm> algorithms;
  private final Key key;
  private final byte[] encoded;
  private final Verifier verifier;

  /** The check of a signature by one key. */
  private interface Verifier {
    boolean verifies(JwsAlgorithm algorithm, CompactJws token) throws JOSEException;
  }

  private VerificationKey(
      @Nullable String id, Set<JwsAlgorithm> algorithms, Key key, byte[] encoded) {
    this.id = id;
    this.algorithms = Set.copyOf(algorithms);
    this.key = key;
    this.encoded = encoded;
    this.verifier = verifier(key);
  }

  /**
   * A public key.
   *
   * @param id how tokens name it; null if it has no name
   * @throws IllegalArgumentException if it is not a point of its curve
   */
  static VerificationKey of(@Nullable String id, Set<JwsAlgorithm> algorithms, PublicKey key) {
    return new VerificationKey(id, algorithms, key, key.getEncoded());
  }

  /** A secret that both sides know; it verifies those algorithms for which it is long enough. */
  public static VerificationKey secret(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    Set<JwsAlgorithm> algorithms = new java.util.HashSet<>();
    for (JwsAlgorithm algorithm :
        List.of(JwsAlgorithm.HS256, JwsAlgorithm.HS384, JwsAlgorithm.HS512)) {
      if (bytes.length >= shortestSecret(algorithm)) {
        algorithms.add(algorithm);
      }
    }
    return new VerificationKey(null, algorithms, new SecretKeySpec(bytes, "HMAC"), bytes);
  }

  /** The fewest bytes of a secret for that algorithm (RFC 7518 section 3.2). */
  public static int shortestSecret(JwsAlgorithm algorithm) {
    return switch (algorithm) {
      case HS256 -> 32;
      case HS384 -> 48;
      case HS512 -> 64;
      case RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EDDSA ->
          throw new IllegalArgumentException(algorithm + " takes no secret");
    };
  }

  /** How tokens name it. */
  public @Nullable String id() {
    return id;
  }

  public Set<JwsAlgorithm> algorithms() {
    return algorithms;
  }

  /**
   * The key's SHA-256 thumbprint (RFC 7638).
   *
   * @throws InvalidKeyException if it is a secret
   */
  String thumbprint() throws InvalidKeyException {
    if (key instanceof PublicKey published) {
      return JwkWriter.thumbprint(published);
    }
    throw new InvalidKeyException("is a secret");
  }

  /** Whether the signature is this key's. Slow, and not for a loop. */
  public boolean verifies(JwsAlgorithm algorithm, CompactJws token) {
    if (!algorithms.contains(algorithm)) {
      return false;
    }
    try {
      return verifier.verifies(algorithm, token);
    } catch (JOSEException e) {
      // What it is about the signature that no verifier could read.
      return false;
    }
  }

  private static Verifier verifier(Key key) {
    return switch (key) {
      case RSAPublicKey rsa ->
          (algorithm, token) -> verifies(new RSASSAVerifier(rsa), algorithm, token);
      case SecretKey secret ->
          (algorithm, token) -> verifies(new MACVerifier(secret), algorithm, token);
      case ECPublicKey ec -> {
        Ecdsa ecdsa = Ecdsa.of(ec);
        yield (_, token) -> ecdsa.verifies(token.signed(), token.signature());
      }
      default -> {
        Ed25519 ed25519 = new Ed25519((PublicKey) key);
        yield (_, token) -> ed25519.verifies(token.signed(), token.signature());
      }
    };
  }

  private static boolean verifies(JWSVerifier verifier, JwsAlgorithm algorithm, CompactJws token)
      throws JOSEException {
    return verifier.verify(
        new JWSHeader(algorithm.nimbus()), token.signed(), Base64URL.encode(token.signature()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof VerificationKey that
        && Objects.equals(id, that.id)
        && algorithms.equals(that.algorithms)
        && Arrays.equals(encoded, that.encoded);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "VerificationKey" + algorithms;
  }
}
