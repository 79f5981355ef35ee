package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Upstream;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.Offload;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.tls.CertificateFiles;
import dev.headgate.tls.UpstreamTls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Sends policies' requests, over the same kind of pools as forwarded requests. A pool for each
 * place that was ever asked for; which places there are comes from the configuration, so there are
 * few.
 */
@LoopConfined
public final class CalloutClient implements Callouts {
  /** Redirects of identity providers could name many; this many are remembered. */
  private static final int MOST_PLACES = 256;

  private static final int WAITING = 1024;
  private static final int CONNECTIONS = 32;

  private final LoopIo io;
  private final NameResolver names;
  private final Clock clock;
  private final Map<Place, Pool> pools = new HashMap<>();

  /** Where a request goes, and how the other end is trusted. */
  private record Place(URI origin, Upstream.Protocol protocol, Upstream.ClientTls tls) {}

  /** The connections to a place; null while its TLS is being opened. */
  private static final class Pool {
    private final List<Runnable> waiting = new ArrayList<>();
    private @Nullable UpstreamPool connections;
    private @Nullable String unusable;
  }

  /**
   * @param clock for the validity of certificates
   */
  public CalloutClient(LoopIo io, NameResolver names, Clock clock) {
    this.io = io;
    this.names = names;
    this.clock = clock;
  }

  @Override
  public void send(Callout callout, Listener listener) {
    Place place =
        new Place(origin(callout.url()), callout.terms().protocol(), callout.terms().tls());
    Pool known = pools.get(place);
    if (known == null) {
      if (pools.size() >= MOST_PLACES) {
        io.eventLoop().execute(() -> listener.answered(new Answer.Failed("too many places")));
        return;
      }
      known = new Pool();
      pools.put(place, known);
      open(place, known);
    }
    Pool pool = known;
    Runnable start = () -> start(pool, callout, listener);
    if (pool.connections != null || pool.unusable != null) {
      io.eventLoop().execute(start);
    } else if (pool.waiting.size() < WAITING) {
      pool.waiting.add(start);
    } else {
      io.eventLoop().execute(() -> listener.answered(new Answer.Failed("too many wait")));
    }
  }

  private void start(Pool pool, Callout callout, Listener listener) {
    UpstreamPool connections = pool.connections;
    if (connections == null) {
      listener.answered(new Answer.Failed(Objects.requireNonNull(pool.unusable)));
    } else {
      new CalloutAttempt(io.loop(), callout, listener).begin(connections);
    }
  }

  private static URI origin(URI url) {
    String scheme = url.getScheme().toLowerCase(Locale.ROOT);
    int port = url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : 80;
    return URI.create(scheme + "://" + url.getHost() + ":" + port);
  }

  /** Opens the TLS that a place needs, which reads files, elsewhere. */
  private void open(Place place, Pool pool) {
    Upstream upstream = upstream(place);
    if (!upstream.secure()) {
      ready(pool, upstream, null);
      return;
    }
    boolean accepted =
        io.loop()
            .offload()
            .<Opened>run(
                () -> {
                  CertificateFiles files = new CertificateFiles(Path.of(""), clock.instant());
                  return new Opened(
                      UpstreamTls.open(upstream, files, findings -> {}),
                      files.findings().toString());
                },
                opening(place, pool, upstream));
    if (!accepted) {
      pools.remove(place);
      pool.unusable = "too much to do";
    }
  }

  private record Opened(@Nullable UpstreamTls tls, String findings) {}

  private Offload.Listener<Opened> opening(Place place, Pool pool, Upstream upstream) {
    return (opened, failure) -> {
      if (opened != null && opened.tls() != null) {
        ready(pool, upstream, opened.tls());
      } else {
        pools.remove(place);
        pool.unusable = "no TLS: " + (opened != null ? opened.findings() : failure);
        tell(pool);
      }
    };
  }

  private void ready(Pool pool, Upstream upstream, @Nullable UpstreamTls tls) {
    pool.connections =
        new UpstreamPool(
            new Connector(io, names, tls),
            new UpstreamHealth(upstream.endpoints().getFirst().url().toString(), upstream),
            null,
            1,
            PoolObserver.NOBODY);
    tell(pool);
  }

  private static void tell(Pool pool) {
    List<Runnable> waiting = List.copyOf(pool.waiting);
    pool.waiting.clear();
    waiting.forEach(Runnable::run);
  }

  private static Upstream upstream(Place place) {
    return OneEndpoint.of(
        new Upstream.Endpoint(place.origin(), 1, 0),
        place.protocol(),
        new Upstream.Timeouts(
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(30),
            Duration.ofSeconds(30)),
        new Upstream.Connections(CONNECTIONS, WAITING),
        place.tls());
  }

  /** Closes connections that are not in use, and the rest as they become free. */
  public void close() {
    pools
        .values()
        .forEach(pool -> {
          if (pool.connections != null) {
            pool.connections.retire();
          }
        });
    pools.clear();
  }
}
