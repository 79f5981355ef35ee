package dev.headgate;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.HostPort;
import dev.headgate.config.Problems;
import dev.headgate.config.read.EffectiveConfig;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Sources;
import dev.headgate.listen.ListenerHandle;
import dev.headgate.overload.NodeLoad;
import dev.headgate.plan.Meters;
import dev.headgate.policy.Policies;
import dev.headgate.snapshot.Compiler;
import dev.headgate.snapshot.Outside;
import dev.headgate.snapshot.SharedStates;
import dev.headgate.snapshot.Snapshot;
import dev.headgate.telemetry.NodeFacts;
import dev.headgate.telemetry.ReloadResult;
import dev.headgate.telemetry.Telemetry;
import dev.headgate.worker.Workers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A running gateway: the only public door to everything in this module.
 *
 * <p>{@link #start} starts it with a first configuration; {@link #apply} changes what serves, as a
 * whole or not at all: everything that can fail (compiling, certificates, listening) is done beside
 * what runs, and only then one reference is swapped on each loop. All methods may be called from
 * any thread that may block; never from a loop.
 */
@Shared
public final class Gateway implements AutoCloseable {
  private static final Duration LAST_PATIENCE = Duration.ofSeconds(2);

  /** A listener that is open, and where. */
  private record Listening(ListenerHandle handle, HostPort wanted, InetSocketAddress address) {}

  /** What serves at the moment. */
  private record Revision(Snapshot snapshot, Sources sources, Map<String, Listening> listening) {}

  private final Telemetry telemetry;
  private final Workers workers;
  private final TlsFiles certificates;
  private final SharedStates states;
  private final NodeLedger ledger;
  private final Clock clock;
  private volatile Revision current;
  private volatile boolean draining;

  private Gateway(
      Telemetry telemetry,
      Workers workers,
      TlsFiles certificates,
      SharedStates states,
      Clock clock,
      Revision first) {
    this.telemetry = telemetry;
    this.workers = workers;
    this.certificates = certificates;
    this.states = states;
    this.ledger = new NodeLedger(states.get(Meters.class, Meters.class, Meters::new), clock);
    this.clock = clock;
    this.current = first;
  }

  /**
   * Starts a gateway.
   *
   * @param version of the program, for metrics
   * @param problems gets what is wrong with the configuration, or worth a warning
   * @return null if there were errors; nothing runs then
   * @throws IllegalStateException if the transport that was asked for does not work on this machine
   */
  public static @Nullable Gateway start(
      Reading.Accepted accepted, String version, Clock clock, Problems problems) {
    TlsFiles certificates = new TlsFiles(clock);
    SharedStates states = new SharedStates();
    Snapshot snapshot = compile(accepted, null, certificates, states, clock, problems);
    if (snapshot == null) {
      certificates.close();
      return null;
    }
    GatewayFacts facts = new GatewayFacts(version);
    Telemetry telemetry = new Telemetry(accepted.config().telemetry(), clock, facts);
    Workers workers =
        new Workers(accepted.config().runtime(), clock, telemetry::loopRecorder, snapshot);
    Revision first = new Revision(snapshot, accepted.sources(), Map.of());
    Gateway gateway = new Gateway(telemetry, workers, certificates, states, clock, first);
    facts.of(gateway);
    gateway.serve(snapshot, accepted.sources(), problems);
    if (problems.hasErrors()) {
      gateway.close();
      return null;
    }
    return gateway;
  }

  /**
   * Serves with another configuration.
   *
   * @return what is wrong with it or worth a warning; if there are errors, nothing has changed
   */
  public synchronized Problems apply(Reading.Accepted accepted) {
    Problems problems = new Problems(accepted.sources());
    Snapshot before = current.snapshot();
    Snapshot next = compile(accepted, before, certificates, states, clock, problems);
    if (next != null) {
      if (!before.config().runtime().equals(next.config().runtime())) {
        problems.warning("runtime", "this changes at the next start only", "");
      }
      if (ledger.waits(before.config().ledger(), next.config().ledger())) {
        problems.warning("ledger.store", "this changes at the next start only", "");
      }
      serve(next, accepted.sources(), problems);
    }
    telemetry.reloaded(problems.hasErrors() ? ReloadResult.REJECTED : ReloadResult.APPLIED);
    return problems;
  }

  /**
   * Does everything that can fail in {@link #start} but listening, and serves nothing.
   *
   * @param problems gets what is wrong with the configuration, or worth a warning
   * @return what would serve, or null if there were errors
   */
  public static @Nullable Snapshot check(
      Reading.Accepted accepted, Clock clock, Problems problems) {
    try (TlsFiles certificates = new TlsFiles(clock)) {
      Snapshot snapshot =
          compile(accepted, null, certificates, new SharedStates(), clock, problems);
      Path folder = accepted.sources().folder();
      accepted
          .config()
          .listeners()
          .forEach((name, one) -> certificates.settings(name, one, null, folder, problems));
      return problems.hasErrors() ? null : snapshot;
    }
  }

  private static @Nullable Snapshot compile(
      Reading.Accepted accepted,
      @Nullable Snapshot before,
      TlsFiles certificates,
      SharedStates states,
      Clock clock,
      Problems problems) {
    Path folder = accepted.sources().folder();
    Outside outside =
        new Outside(
            (name, upstream) -> certificates.upstream(name, upstream, folder, problems),
            folder,
            states,
            clock);
    return Compiler.compile(
        accepted.config(), before == null ? 1 : before.revision() + 1, before, outside, problems);
  }

  /** Opens what is new, and only when all of it is open, swaps and closes what is gone. */
  private void serve(Snapshot next, Sources sources, Problems problems) {
    telemetry.hide(next.credentialParameters());
    Path folder = sources.folder();
    Map<String, Listening> before = current.listening();
    Map<String, ListenerHandle.Settings> settings = new LinkedHashMap<>();
    next.config()
        .listeners()
        .forEach((name, listener) -> {
          Listening old = before.get(name);
          ListenerHandle.Settings opened =
              certificates.settings(
                  name, listener, old == null ? null : old.handle().settings(), folder, problems);
          if (opened != null) {
            settings.put(name, opened);
          }
        });
    if (problems.hasErrors()) {
      return;
    }
    ledger.serve(next.config(), folder);
    Map<String, Listening> after = new LinkedHashMap<>();
    List<Listening> opened = new ArrayList<>();
    settings.forEach((name, one) -> {
      Listening same = before.get(name);
      if (same != null && same.wanted().equals(one.config().address())) {
        after.put(name, same);
        return;
      }
      Listening open = open(new ListenerHandle(name, one), one.config().address(), problems);
      if (open != null) {
        after.put(name, open);
        opened.add(open);
      }
    });
    if (problems.hasErrors()) {
      opened.forEach(listening -> workers.stop(listening.handle()));
      return;
    }
    after.forEach((name, listening) ->
        listening.handle().settings(Objects.requireNonNull(settings.get(name))));
    workers.apply(next);
    telemetry.apply(next.config().telemetry());
    certificates.watch(settings.values(), next);
    current = new Revision(next, sources, Map.copyOf(after));
    for (Listening listening : before.values()) {
      if (!after.containsValue(listening)) {
        workers.stop(listening.handle());
      }
    }
  }

  private @Nullable Listening open(ListenerHandle handle, HostPort wanted, Problems problems) {
    InetSocketAddress address = new InetSocketAddress(wanted.host(), wanted.port());
    try {
      if (wanted.port() != 0) {
        askAlone(address);
      }
      return new Listening(handle, wanted, workers.listen(handle, address));
    } catch (IOException | CompletionException e) {
      Throwable cause = e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
      problems.error(
          "listeners." + handle.name() + ".address",
          "cannot listen on " + wanted + ": " + cause.getMessage());
      return null;
    }
  }

  /**
   * The loops share a port, so the kernel would share it with another process too: asks once
   * without sharing.
   */
  private static void askAlone(InetSocketAddress address) throws IOException {
    try (ServerSocket probe = new ServerSocket()) {
      probe.setReuseAddress(true);
      probe.bind(address);
    }
  }

  /** Where the listeners are, by name. */
  public Map<String, InetSocketAddress> addresses() {
    Map<String, InetSocketAddress> addresses = new LinkedHashMap<>();
    current
        .snapshot()
        .config()
        .listeners()
        .keySet()
        .forEach(name -> {
          Listening listening = current.listening().get(name);
          if (listening != null) {
            addresses.put(name, listening.address());
          }
        });
    return addresses;
  }

  /** What time it is for the gateway. */
  Instant now() {
    return clock.instant();
  }

  /** What serves at the moment. */
  public Snapshot snapshot() {
    return current.snapshot();
  }

  /**
   * What serves at the moment as YAML that could be read again: defaults filled in, references in
   * place of secrets.
   */
  public String effectiveConfig() {
    Revision now = current;
    return EffectiveConfig.yaml(Policies.KINDS, now.snapshot().config(), now.sources());
  }

  public Telemetry telemetry() {
    return telemetry;
  }

  /** How sockets are read and written here: {@code io_uring}, {@code epoll} or {@code nio}. */
  public String transport() {
    return workers.transport();
  }

  /** What share of the requests is turned away. */
  NodeLoad load() {
    return workers.load();
  }

  /** Whether new requests are welcome. */
  public boolean ready() {
    return !draining;
  }

  /**
   * Stops taking requests, and waits until those under way are answered.
   *
   * @return whether all were
   */
  public boolean drain(Duration patience) {
    draining = true;
    CompletableFuture<?>[] stopping =
        current.listening().values().stream()
            .map(listening -> workers.stop(listening.handle()))
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(stopping).get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (java.util.concurrent.TimeoutException | java.util.concurrent.ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ends everything at once; call {@link #drain} before for an orderly end. */
  @Override
  public void close() {
    draining = true;
    certificates.close();
    workers.close(LAST_PATIENCE);
    ledger.close();
    telemetry.close();
  }

  /** What is known of the ledger; null if there is none. */
  NodeFacts.@Nullable LedgerFacts ledgerFacts() {
    return ledger.facts();
  }

  /** The certificates that its listeners show. */
  List<NodeFacts.Certificate> certificates() {
    return TlsFiles.expiries(
        current.listening().values().stream()
            .map(listening -> listening.handle().settings())
            .toList());
  }
}
