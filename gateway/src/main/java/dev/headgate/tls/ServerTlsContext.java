package dev.headgate.tls;

import dev.headgate.config.Listener;
import dev.headgate.config.ServerTls;
import dev.headgate.config.ServerTls.TlsVersion;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslServerSessionContext;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener with one set of certificates, immutable: a renewed certificate makes a new
 * one, and connections go on with the one they began with.
 *
 * <p><b>Resumption.</b> Tickets are sealed with the node's {@link TicketKeys}, clients of TLS 1.2
 * without tickets get a session id and a bounded cache. A session remembers its client certificate,
 * so it must not be taken up where other authorities are asked for: the session id context, which
 * BoringSSL compares on both ways of resumption, is a hash of the listener's name, its client mode
 * and its authorities. The names of the server's certificate are in it too, as a session must not
 * cross from one name to another (RFC 6066, section 3), but not the certificate: sessions outlive a
 * renewal.
 *
 * <p><b>Native memory.</b> Each engine holds its context; this object holds one more reference,
 * given back by a cleaner when no loop can reach this object any more. Nobody has to know when the
 * last handshake that might begin with it has begun, and no race frees a context under one.
 */
public final class ServerTlsContext {
  /** Gives native contexts back. One thread for the process, asleep but for replaced contexts. */
  private static final Cleaner CLEANER = Cleaner.create();

  private static final int SESSIONS = 20_000;
  private static final long SESSION_SECONDS = TicketKeys.ROTATION.toSeconds();

  private final List<SslContext> contexts;
  private final ServerNames names;
  private final long handshakeTimeoutMillis;

  private ServerTlsContext(
      List<SslContext> contexts, ServerNames names, long handshakeTimeoutMillis) {
    this.contexts = List.copyOf(contexts);
    this.names = names;
    this.handshakeTimeoutMillis = handshakeTimeoutMillis;
    List<SslContext> owned = this.contexts;
    CLEANER.register(this, () -> owned.forEach(ReferenceCountUtil::release));
  }

  /**
   * Builds the contexts. Costs a millisecond or so for each certificate; not for an event loop.
   *
   * @param ticketKeys what tickets are sealed and opened with; {@link #useTickets} takes later ones
   * @throws GeneralSecurityException if the library refuses the material or the settings
   */
  static ServerTlsContext create(
      ServerTlsSettings settings,
      ServerTlsMaterial material,
      List<OpenSslSessionTicketKey> ticketKeys)
      throws GeneralSecurityException {
    return create(settings, material, ticketKeys, TlsParameters.provider());
  }

  static ServerTlsContext create(
      ServerTlsSettings settings,
      ServerTlsMaterial material,
      List<OpenSslSessionTicketKey> ticketKeys,
      SslProvider provider)
      throws GeneralSecurityException {
    TrustManager trust =
        settings.asksClients()
            ? ClientTrust.of(material.clientAuthorities())
            : ClientTrust.of(List.of());
    List<SslContext> contexts = new ArrayList<>();
    boolean complete = false;
    try {
      for (KeyMaterial certificate : material.certificates()) {
        SslContext context = context(settings, certificate, trust, provider);
        contexts.add(context);
        if (context.sessionContext() instanceof OpenSslServerSessionContext sessions) {
          sessions.setSessionIdContext(
              sessionContext(settings, certificate.names(), material.clientAuthorities()));
        }
      }
      complete = true;
    } catch (SSLException e) {
      throw new GeneralSecurityException(e);
    } finally {
      if (!complete) {
        contexts.forEach(ReferenceCountUtil::release);
      }
    }
    ServerTlsContext made =
        new ServerTlsContext(
            contexts,
            new ServerNames(material.certificates()),
            settings.handshakeTimeout().toMillis());
    made.useTickets(ticketKeys);
    return made;
  }

  private static SslContext context(
      ServerTlsSettings settings, KeyMaterial certificate, TrustManager trust, SslProvider provider)
      throws SSLException {
    ServerTls tls = settings.tls();
    SslContextBuilder builder =
        SslContextBuilder.forServer(TlsParameters.keyManagers(certificate, provider));
    return TlsParameters.common(builder, provider)
        .protocols(versions(tls.minVersion()))
        .applicationProtocolConfig(
            TlsParameters.alpn(
                settings.protocols().contains(Listener.Protocol.HTTP2),
                settings.protocols().contains(Listener.Protocol.HTTP1)))
        .clientAuth(
            switch (tls.clients().mode()) {
              case NONE -> ClientAuth.NONE;
              case OPTIONAL -> ClientAuth.OPTIONAL;
              case REQUIRED -> ClientAuth.REQUIRE;
            })
        .trustManager(trust)
        .sessionCacheSize(SESSIONS)
        .sessionTimeout(SESSION_SECONDS)
        .build();
  }

  private static List<String> versions(TlsVersion oldest) {
    List<String> versions = new ArrayList<>();
    for (TlsVersion version : TlsVersion.values()) {
      if (version.compareTo(oldest) >= 0) {
        versions.add(version.text());
      }
    }
    return versions;
  }

  private static byte[] sessionContext(
      ServerTlsSettings settings, List<String> names, List<X509Certificate> authorities)
      throws GeneralSecurityException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(settings.listener().getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    digest.update(String.join(" ", names).getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    digest.update((byte) settings.tls().clients().mode().ordinal());
    for (X509Certificate authority : authorities) {
      digest.update(authority.getEncoded());
    }
    return digest.digest();
  }

  /**
   * The handler that speaks TLS on one connection of a client. With one certificate the name that
   * the client asks for does not matter, and its first message is not looked at twice.
   *
   * <p>Does not block; called on the connection's loop.
   */
  public ChannelHandler newHandler(ByteBufAllocator allocator) {
    return contexts.size() == 1
        ? newSslHandler(contexts.getFirst(), allocator)
        : new ServerNameHandler(this);
  }

  SslHandler newSslHandler(@Nullable String serverName, ByteBufAllocator allocator) {
    return newSslHandler(contexts.get(names.choose(serverName)), allocator);
  }

  private SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    try {
      SslHandler handler = context.newHandler(allocator);
      handler.setHandshakeTimeoutMillis(handshakeTimeoutMillis);
      return handler;
    } finally {
      // The cleaner must not run between the choice of the context and the engine's hold on it.
      Reference.reachabilityFence(this);
    }
  }

  long handshakeTimeoutMillis() {
    return handshakeTimeoutMillis;
  }

  /** Seals tickets with the first of these keys from now on, and opens them with any. */
  void useTickets(List<OpenSslSessionTicketKey> ticketKeys) {
    OpenSslSessionTicketKey[] keys = ticketKeys.toArray(new OpenSslSessionTicketKey[0]);
    for (SslContext context : contexts) {
      if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
        sessions.setTicketKeys(keys);
      }
    }
    Reference.reachabilityFence(this);
  }
}
