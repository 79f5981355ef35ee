package dev.headgate.tls;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.ServerTls;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.handler.ssl.OpenSslSessionTicketKey;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one listener as it is now: the only thing of this package that a listener needs.
 *
 * <p>Loops read one volatile reference for each new connection. Files are read again under the
 * lock, by the watch's thread or whoever asks; the new certificates are in use once the reference
 * is swapped, and connections that are open do not notice. A file that has become bad changes
 * nothing: that certificate stays as it is, the others are renewed.
 */
@Shared
public final class ListenerTls implements Watched {
  private final ServerTlsSettings settings;
  private final Path directory;
  private final TicketKeys tickets;
  private final Consumer<List<Finding>> report;
  private volatile InUse inUse;

  /** The list that the context in use seals with; compared by identity, guarded by the lock. */
  private List<OpenSslSessionTicketKey> ticketKeys;

  private record InUse(ServerTlsMaterial material, ServerTlsContext context) {}

  /**
   * When a certificate ends, for the metric.
   *
   * @param listener the listener's name
   * @param subject the certificate's subject, RFC 2253
   * @param names its DNS names
   */
  public record Expiry(String listener, String subject, List<String> names, Instant notAfter) {}

  /**
   * What became of opening.
   *
   * @param tls null if something that is needed cannot be used at all; an expired certificate can
   *     be used, though its finding is an error
   * @param findings everything that is wrong or soon will be
   */
  public record Opened(@Nullable ListenerTls tls, List<Finding> findings) {}

  private ListenerTls(
      ServerTlsSettings settings,
      CertificateFiles files,
      TicketKeys tickets,
      Consumer<List<Finding>> report,
      ServerTlsMaterial material)
      throws GeneralSecurityException {
    this.settings = settings;
    this.directory = files.directory();
    this.tickets = tickets;
    this.report = report;
    this.ticketKeys = tickets.keys();
    this.inUse = new InUse(material, ServerTlsContext.create(settings, material, ticketKeys));
  }

  /**
   * Reads the listener's files and makes its contexts.
   *
   * @param files reads, and knows the directory of relative paths
   * @param tickets the node's
   * @param report told of the findings of every later reload, empty when all is well; on the
   *     reloading thread
   */
  public static Opened open(
      ServerTlsSettings settings,
      CertificateFiles files,
      TicketKeys tickets,
      Consumer<List<Finding>> report) {
    ServerTlsMaterial material = ServerTlsMaterial.read(settings.tls(), files);
    if (material == null) {
      return new Opened(null, files.findings());
    }
    try {
      ListenerTls tls = new ListenerTls(settings, files, tickets, report, material);
      return new Opened(tls, files.findings());
    } catch (GeneralSecurityException e) {
      files.refused(e);
      return new Opened(null, files.findings());
    }
  }

  /** The handler for a connection that begins now. Does not block. */
  public ChannelHandler newHandler(ByteBufAllocator allocator) {
    return inUse.context().newHandler(allocator);
  }

  /** When each certificate in use ends, in the order of the configuration. */
  public List<Expiry> expiries() {
    return inUse.material().certificates().stream()
        .map(certificate ->
            new Expiry(
                settings.listener(),
                certificate.subject(),
                certificate.names(),
                certificate.notAfter()))
        .toList();
  }

  @Override
  public Set<Path> files() {
    Set<Path> files = new HashSet<>();
    for (ServerTls.KeyPair pair : settings.tls().certificates()) {
      files.add(directory.resolve(pair.chain()));
      files.add(directory.resolve(pair.key()));
    }
    String ca = settings.tls().clients().ca();
    if (ca != null && settings.asksClients()) {
      files.add(directory.resolve(ca));
    }
    return files;
  }

  @Override
  public void reload(Instant now) {
    report.accept(reloaded(now));
  }

  private synchronized List<Finding> reloaded(Instant now) {
    CertificateFiles files = new CertificateFiles(directory, now);
    ServerTlsMaterial material = ServerTlsMaterial.read(settings.tls(), files, inUse.material());
    if (material != null && !material.equals(inUse.material())) {
      try {
        inUse = new InUse(material, ServerTlsContext.create(settings, material, ticketKeys));
      } catch (GeneralSecurityException e) {
        files.refused(e);
      }
    }
    return files.findings();
  }

  /** Takes up the node's current ticket keys. */
  @Override
  public synchronized void tick(Instant now) {
    tickets.rotateIfDue(now);
    if (ticketKeys != tickets.keys()) {
      ticketKeys = tickets.keys();
      inUse.context().useTickets(ticketKeys);
    }
  }
}
