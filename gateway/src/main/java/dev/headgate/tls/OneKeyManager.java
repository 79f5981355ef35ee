package dev.headgate.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * A key manager with one key, which it offers wherever the key's kind fits.
 *
 * <p>The JDK's own searches its key store, checks algorithm constraints and looks at the peer's
 * signature algorithms in every handshake, and does not offer Ed25519 keys for the key type that
 * Netty asks for. With one key in one context none of it is needed: BoringSSL itself refuses a peer
 * that cannot verify the key's signatures.
 */
final class OneKeyManager extends X509ExtendedKeyManager {
  private static final String ALIAS = "key";

  private final KeyMaterial material;
  private final String keyType;

  OneKeyManager(KeyMaterial material) {
    this.material = material;
    this.keyType = keyType(material.key().getAlgorithm());
  }

  /** The JSSE key type under which a key of an algorithm is asked for. */
  private static String keyType(String algorithm) {
    // For TLS 1.3, Netty asks for EC wherever the peer knows a signature on an elliptic curve.
    return algorithm.equals("RSA") ? "RSA" : "EC";
  }

  @Override
  public @Nullable String chooseEngineServerAlias(
      String type, Principal @Nullable [] issuers, SSLEngine engine) {
    return type.equals(keyType) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseEngineClientAlias(
      String[] types, Principal @Nullable [] issuers, SSLEngine engine) {
    return ALIAS;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, Socket socket) {
    return type.equals(keyType) ? ALIAS : null;
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, Socket socket) {
    return ALIAS;
  }

  @Override
  public String[] getServerAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {ALIAS};
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return alias.equals(ALIAS) ? material.chain().toArray(new X509Certificate[0]) : null;
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return alias.equals(ALIAS) ? material.key() : null;
  }
}
