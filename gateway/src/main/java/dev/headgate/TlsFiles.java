package dev.headgate;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Listener;
import dev.headgate.config.Problems;
import dev.headgate.config.Upstream;
import dev.headgate.listen.ListenerHandle;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.Snapshot;
import dev.headgate.telemetry.NodeFacts;
import dev.headgate.tls.CertificateFiles;
import dev.headgate.tls.CertificateWatch;
import dev.headgate.tls.Finding;
import dev.headgate.tls.ListenerTls;
import dev.headgate.tls.ServerTlsSettings;
import dev.headgate.tls.TicketKeys;
import dev.headgate.tls.UpstreamTls;
import dev.headgate.tls.Watched;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates and keys that a gateway serves and asks with: opens them, turns what is wrong
 * with them into problems of the configuration, and has their files watched. Used by the gateway's
 * own lock only, but for the watch's thread, which calls the TLS of listeners and upstreams itself.
 */
@Shared
final class TlsFiles implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
  private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

  private final Clock clock;
  private final TicketKeys tickets;
  private final CertificateWatch watch;
  private List<Watched> watched = List.of();

  TlsFiles(Clock clock) {
    this.clock = clock;
    this.tickets = new TicketKeys(clock.instant());
    this.watch = new CertificateWatch(clock);
    watch.start(LOOK_EVERY);
  }

  /**
   * The settings of a listener, its TLS taken over if nothing that matters for it has changed.
   *
   * @param folder what relative paths start from
   * @return null if its TLS cannot be opened; the problems say why
   */
  ListenerHandle.@Nullable Settings settings(
      String name,
      Listener listener,
      ListenerHandle.@Nullable Settings before,
      Path folder,
      Problems problems) {
    if (listener.tls() == null) {
      return new ListenerHandle.Settings(listener, null);
    }
    ServerTlsSettings wanted = ServerTlsSettings.of(name, listener);
    if (before != null
        && before.tls() != null
        && wanted.equals(ServerTlsSettings.of(name, before.config()))) {
      return new ListenerHandle.Settings(listener, before.tls());
    }
    CertificateFiles files = new CertificateFiles(folder, clock.instant());
    ListenerTls.Opened opened =
        ListenerTls.open(wanted, files, tickets, findings -> renewed("listener", name, findings));
    tell(opened.findings(), "listeners." + name + ".tls", problems);
    return opened.tls() == null ? null : new ListenerHandle.Settings(listener, opened.tls());
  }

  /** The TLS of an upstream, or null if it cannot be opened; the problems say why. */
  @Nullable UpstreamTls upstream(String name, Upstream upstream, Path folder, Problems problems) {
    CertificateFiles files = new CertificateFiles(folder, clock.instant());
    UpstreamTls opened =
        UpstreamTls.open(upstream, files, findings -> renewed("upstream", name, findings));
    tell(files.findings(), "upstreams." + name + ".tls", problems);
    return opened;
  }

  private static void tell(List<Finding> findings, String path, Problems problems) {
    for (Finding finding : findings) {
      if (finding.isError()) {
        problems.error(path, finding.toString());
      } else {
        problems.warning(path, finding.toString());
      }
    }
  }

  private static void renewed(String what, String name, List<Finding> findings) {
    if (findings.isEmpty()) {
      LOG.info("{} {}: certificates read again", what, name);
    }
    for (Finding finding : findings) {
      LOG.warn("{} {}: {}", what, name, finding);
    }
  }

  /** Watches the files of what serves now, and no longer those of what served before. */
  void watch(Collection<ListenerHandle.Settings> listeners, Snapshot snapshot) {
    List<Watched> before = watched;
    watched =
        Stream.<@Nullable Watched>concat(
                listeners.stream().map(ListenerHandle.Settings::tls),
                snapshot.upstreams().stream().map(Action.NamedUpstream::tls))
            .filter(Objects::nonNull)
            .<Watched>map(tls -> Objects.requireNonNull(tls))
            .toList();
    before.stream().filter(tls -> !watched.contains(tls)).forEach(watch::remove);
    watched.stream().filter(tls -> !before.contains(tls)).forEach(watch::add);
  }

  /** When the certificates in use end. */
  static List<NodeFacts.Certificate> expiries(List<ListenerHandle.Settings> settings) {
    List<NodeFacts.Certificate> certificates = new ArrayList<>();
    for (ListenerHandle.Settings one : settings) {
      if (one.tls() != null && one.config().tls() != null) {
        List<ListenerTls.Expiry> expiries = one.tls().expiries();
        for (int i = 0; i < expiries.size(); i++) {
          certificates.add(
              new NodeFacts.Certificate(
                  expiries.get(i).listener(),
                  one.config().tls().certificates().get(i).chain(),
                  expiries.get(i).notAfter().toEpochMilli()));
        }
      }
    }
    return certificates;
  }

  @Override
  public void close() {
    watch.close();
  }
}
