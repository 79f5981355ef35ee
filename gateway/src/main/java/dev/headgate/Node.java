package dev.headgate;

import dev.headgate.admin.AdminServer;
import dev.headgate.admin.Readiness;
import dev.headgate.concurrent.Shared;
import dev.headgate.config.HostPort;
import dev.headgate.config.Problem;
import dev.headgate.config.Problems;
import dev.headgate.config.read.Reading;
import dev.headgate.source.FileSource;
import dev.headgate.telemetry.ReloadResult;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running gateway with what surrounds it: the source that its configuration comes from and the
 * admin endpoints that tell about it.
 *
 * <p>How it is safe: changes come one after the other on the source's thread; what the admin
 * endpoints read is immutable and swapped as a whole. All methods may be called from any thread
 * that may block.
 */
@Shared
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);

  private final FileSource source;
  private final Gateway gateway;
  private final Clock clock;
  private final @Nullable HostPort adminWanted;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable AdminServer admin;
  private volatile Readiness.@Nullable Reload lastReload;

  private Node(FileSource source, Gateway gateway, Clock clock) {
    this.source = source;
    this.gateway = gateway;
    this.clock = clock;
    this.adminWanted = gateway.snapshot().config().admin().address();
  }

  /** What came of starting. */
  public sealed interface Started {
    /** Warnings, if it serves; at least one error, if not. */
    Problems problems();

    /** It serves, and takes up changes of its source. */
    record Serving(Node node, Problems problems) implements Started {}

    /** Nothing runs. */
    record Refused(Problems problems) implements Started {}
  }

  /**
   * Starts a node.
   *
   * @param source not read before; closed with the node, or by the caller if nothing runs
   * @param version of the program
   * @throws IllegalStateException if the transport that was asked for does not work on this machine
   */
  public static Started start(FileSource source, String version, Clock clock) {
    return switch (source.read()) {
      case Reading.Refused(Problems problems) -> new Started.Refused(problems);
      case Reading.Accepted accepted -> start(source, accepted, version, clock);
    };
  }

  private static Started start(
      FileSource source, Reading.Accepted accepted, String version, Clock clock) {
    Problems problems = new Problems(accepted.sources());
    problems.addAll(accepted.problems());
    Gateway gateway = Gateway.start(accepted, version, clock, problems);
    if (gateway == null) {
      return new Started.Refused(problems);
    }
    Node node = new Node(source, gateway, clock);
    node.openAdmin(version, problems);
    if (problems.hasErrors()) {
      gateway.close();
      return new Started.Refused(problems);
    }
    source.watchUsed(gateway.snapshot().files());
    source.watch(node::take);
    return new Started.Serving(node, problems);
  }

  private void openAdmin(String version, Problems problems) {
    if (adminWanted == null) {
      return;
    }
    try {
      admin = AdminServer.open(adminWanted, new NodePages(gateway, version, () -> lastReload));
    } catch (IOException e) {
      problems.error(
          "admin.address",
          "cannot listen on " + adminWanted + ": " + e.getMessage(),
          "another port, or 'admin: off'");
    }
  }

  /**
   * Reads the configuration again, changed or not, and serves with it if it can. Also opens the
   * access log's file again: whoever rotates logs sends the same signal.
   */
  public void reload() {
    gateway.telemetry().reopenLog();
    source.reload(this::take);
  }

  private void take(Reading reading) {
    Problems problems =
        switch (reading) {
          case Reading.Refused(Problems found) -> {
            gateway.telemetry().reloaded(ReloadResult.REJECTED);
            yield found;
          }
          case Reading.Accepted accepted -> applied(accepted);
        };
    boolean applied = !problems.hasErrors();
    long revision = gateway.snapshot().revision();
    if (applied) {
      source.watchUsed(gateway.snapshot().files());
      LOG.info("Revision {} serves", revision);
    } else {
      LOG.error("A change was refused, revision {} serves on\n{}", revision, problems.report());
    }
    List<Problem> found = problems.sorted();
    Readiness.Reload before = lastReload;
    long count = before == null ? 1 : before.count() + 1;
    lastReload = new Readiness.Reload(count, clock.instant(), applied, found);
  }

  private Problems applied(Reading.Accepted accepted) {
    Problems problems = new Problems(accepted.sources());
    problems.addAll(accepted.problems());
    problems.addAll(gateway.apply(accepted));
    HostPort wanted = accepted.config().admin().address();
    if (!Objects.equals(wanted, adminWanted)) {
      problems.warning("admin.address", "this changes at the next start only");
    }
    return problems;
  }

  /** Where the listeners are, by name, with the ports that the system chose. */
  public Map<String, InetSocketAddress> addresses() {
    return gateway.addresses();
  }

  /** The names of the listeners with TLS and those without differ in the scheme of their URLs. */
  public String scheme(String listener) {
    var config = gateway.snapshot().config().listeners().get(listener);
    return config != null && config.tls() != null ? "https" : "http";
  }

  /** Where the admin endpoints are, if there are any. */
  public Optional<InetSocketAddress> adminAddress() {
    return Optional.ofNullable(admin).map(AdminServer::address);
  }

  /**
   * Stops taking requests, lets those under way finish within the drain timeout, and ends. Once
   * only.
   */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    source.close();
    Duration patience = gateway.snapshot().config().runtime().drainTimeout();
    if (!gateway.drain(patience)) {
      LOG.warn("Not everything in flight was finished within {}", patience);
    }
    gateway.close();
    AdminServer open = admin;
    if (open != null) {
      open.close();
    }
  }
}
