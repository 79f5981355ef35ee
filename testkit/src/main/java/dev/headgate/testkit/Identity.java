package dev.headgate.testkit;

import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** A certificate with its chain and private key, issued by {@link Certificates}. */
public final class Identity {
  private final X509Bundle bundle;

  Identity(X509Bundle bundle) {
    this.bundle = bundle;
  }

  /** The two files that a listener's {@code certificates} entry names. */
  public record PemFiles(Path chain, Path key) {}

  public X509Certificate certificate() {
    return bundle.getCertificate();
  }

  public PrivateKey privateKey() {
    return bundle.getKeyPair().getPrivate();
  }

  /** The leaf and its intermediates, without the root. */
  public String chainPem() {
    return bundle.getCertificatePathPEM();
  }

  /** PKCS#8. */
  public String keyPem() {
    return bundle.getPrivateKeyPEM();
  }

  /** Writes {@code NAME.pem} and {@code NAME.key}; an existing pair is replaced. */
  public PemFiles writeTo(Path directory, String name) throws IOException {
    return new PemFiles(
        Files.writeString(directory.resolve(name + ".pem"), chainPem()),
        Files.writeString(directory.resolve(name + ".key"), keyPem()));
  }

  /** For an origin that presents this certificate. */
  public SSLContext serverContext() {
    return context(this, null);
  }

  /** For an origin that presents this certificate and trusts clients of that authority. */
  public SSLContext serverContext(Certificates clients) {
    try {
      return context(this, clients.trust());
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /** For a client that shows this certificate even to servers that do not trust its issuer. */
  SSLContext insistingContext(TrustManagerFactory trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new Insisting(this)}, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }

  private static final class Insisting extends X509ExtendedKeyManager {
    private static final String ALIAS = "own";

    private final Identity own;

    Insisting(Identity own) {
      this.own = own;
    }

    @Override
    public String chooseClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] types, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return own.bundle.getCertificatePath();
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return own.privateKey();
    }

    @Override
    public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseServerAlias(
        String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
      return null;
    }
  }

  static SSLContext context(@Nullable Identity own, @Nullable TrustManagerFactory trust) {
    try {
      KeyManagerFactory keys = own == null ? null : own.bundle.toKeyManagerFactory();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys == null ? null : keys.getKeyManagers(),
          trust == null ? null : trust.getTrustManagers(),
          null);
      return context;
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
