package dev.headgate.tls;

import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslCachingX509KeyManagerFactory;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.KeyManagerFactoryWrapper;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;

/** What listeners and endpoints have in common: the library, ciphers, versions, ALPN. */
final class TlsParameters {
  /**
   * The intermediate level of Mozilla's server-side TLS guidelines, without its DHE suites, which
   * BoringSSL does not know: forward secrecy and authenticated encryption only.
   */
  static final List<String> CIPHERS =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  private TlsParameters() {}

  /**
   * BoringSSL where its native library loads, else the JDK.
   *
   * <p>The reference-counted kind: an engine is freed when its connection closes, where the other
   * kind makes one finalizable object for each connection and frees it when the collector gets to
   * it.
   */
  static SslProvider provider() {
    return OpenSsl.isAvailable() ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
  }

  static SslContextBuilder common(SslContextBuilder builder, SslProvider provider) {
    builder.sslProvider(provider).ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE);
    if (provider != SslProvider.JDK) {
      // A signature made at once costs less than handing it over: the loop would wait for it
      // anyway.
      builder.option(OpenSslContextOption.USE_TASKS, false);
    }
    return builder;
  }

  static KeyManagerFactory keyManagers(KeyMaterial material, SslProvider provider) {
    KeyManagerFactory one = new KeyManagerFactoryWrapper(new OneKeyManager(material));
    // The caching kind parses the chain and the key once instead of in every handshake.
    return provider != SslProvider.JDK ? new OpenSslCachingX509KeyManagerFactory(one) : one;
  }

  static ApplicationProtocolConfig alpn(boolean http2, boolean http1) {
    List<String> names = new ArrayList<>();
    if (http2) {
      names.add(ApplicationProtocolNames.HTTP_2);
    }
    if (http1) {
      names.add(ApplicationProtocolNames.HTTP_1_1);
    }
    return new ApplicationProtocolConfig(
        ApplicationProtocolConfig.Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        names);
  }
}
