package dev.headgate.tls;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.ServerTls;
import dev.headgate.config.Upstream;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the endpoints of one upstream. The endpoint's certificate and name are verified (RFC
 * 9110 section 4.3.4), unless the configuration gives that up. Immutable after it was made; used by
 * all loops.
 */
@Shared
public final class UpstreamTls {
  private final SslContext context;
  private final @Nullable String serverName;

  private UpstreamTls(SslContext context, @Nullable String serverName) {
    this.context = context;
    this.serverName = serverName;
  }

  /**
   * Reads the files that the upstream names and prepares everything that connections share.
   *
   * @param files gets findings of what is wrong
   * @return null if something that is needed cannot be used
   */
  public static @Nullable UpstreamTls open(Upstream upstream, CertificateFiles files) {
    Upstream.ClientTls tls = upstream.tls();
    int errors = files.errors();
    // The kind that the collector frees: a pool may use the context long after a reload replaced
    // it.
    SslProvider provider = OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK;
    SslContextBuilder builder = TlsParameters.common(SslContextBuilder.forClient(), provider);
    if (tls.ca() != null) {
      List<X509Certificate> authorities = files.authorities(tls.ca());
      builder.trustManager(authorities.toArray(X509Certificate[]::new));
    }
    if (!tls.verify()) {
      builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
    }
    builder.endpointIdentificationAlgorithm(tls.verify() ? "HTTPS" : "");
    ServerTls.KeyPair certificate = tls.certificate();
    if (certificate != null) {
      KeyMaterial material = files.keyMaterial(certificate);
      if (material != null) {
        builder.keyManager(TlsParameters.keyManagers(material, provider));
      }
    }
    boolean http1 = upstream.protocol() != Upstream.Protocol.HTTP2;
    boolean http2 = upstream.protocol() != Upstream.Protocol.HTTP1;
    builder.applicationProtocolConfig(TlsParameters.alpn(http2, http1));
    if (files.errors() > errors) {
      return null;
    }
    try {
      return new UpstreamTls(builder.build(), tls.serverName());
    } catch (SSLException e) {
      files.refused(e);
      return null;
    }
  }

  /**
   * A handler for a connection to be made.
   *
   * @param host the endpoint's, asked for and verified unless the configuration names another
   */
  public SslHandler newHandler(ByteBufAllocator allocator, String host, int port) {
    return context.newHandler(allocator, serverName == null ? host : serverName, port);
  }
}
