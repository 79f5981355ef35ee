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
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS towards the endpoints of one upstream. The endpoint's certificate and name are verified (RFC
 * 9110 section 4.3.4), unless the configuration gives that up.
 *
 * <p>When a file that it was made of changes, connections that are made from then on use what the
 * files hold; those that exist stay as they are. If the files cannot be used, nothing changes. Used
 * by all loops, which see one immutable context; the watch's thread replaces it.
 */
@Shared
public final class UpstreamTls implements Watched {
  private final Upstream upstream;
  private final Path directory;
  private final Consumer<List<Finding>> report;
  private volatile SslContext context;

  private UpstreamTls(
      Upstream upstream, Path directory, Consumer<List<Finding>> report, SslContext context) {
    this.upstream = upstream;
    this.directory = directory;
    this.report = report;
    this.context = context;
  }

  /**
   * Reads the files that the upstream names and prepares everything that connections share.
   *
   * @param files gets findings of what is wrong
   * @param report told of the findings of every later reload, empty when all is well; on the
   *     reloading thread
   * @return null if something that is needed cannot be used
   */
  public static @Nullable UpstreamTls open(
      Upstream upstream, CertificateFiles files, Consumer<List<Finding>> report) {
    SslContext context = context(upstream, files);
    return context == null ? null : new UpstreamTls(upstream, files.directory(), report, context);
  }

  private static @Nullable SslContext context(Upstream upstream, CertificateFiles files) {
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
      return builder.build();
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
    String serverName = upstream.tls().serverName();
    return context.newHandler(allocator, serverName == null ? host : serverName, port);
  }

  @Override
  public Set<Path> files() {
    Set<Path> files = new HashSet<>();
    Upstream.ClientTls tls = upstream.tls();
    if (tls.ca() != null) {
      files.add(directory.resolve(tls.ca()));
    }
    if (tls.certificate() != null) {
      files.add(directory.resolve(tls.certificate().chain()));
      files.add(directory.resolve(tls.certificate().key()));
    }
    return files;
  }

  @Override
  public void reload(Instant now) {
    CertificateFiles files = new CertificateFiles(directory, now);
    SslContext renewed = context(upstream, files);
    if (renewed != null) {
      context = renewed;
    }
    report.accept(files.findings());
  }
}
