package dev.headgate.worker;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Upstream;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Loop;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.snapshot.Action;
import dev.headgate.telemetry.LoopRecorder;
import dev.headgate.upstream.EndpointProbe;
import dev.headgate.upstream.LoopIo;
import dev.headgate.upstream.NameResolver;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * Asks endpoints again and again whether they are well, and tells what all loops know of them. One
 * loop of the node does it.
 */
@LoopConfined
final class Probing {
  /** Within this time the first questions are spread. */
  private static final long BEGINNING = TimeUnit.SECONDS.toNanos(1);

  private final LoopIo io;
  private final NameResolver names;
  private final Loop loop;
  private final LoopRecorder recorder;
  private final Map<Action.NamedUpstream, List<Asking>> asked = new HashMap<>();

  Probing(LoopIo io, NameResolver names, LoopRecorder recorder) {
    this.io = io;
    this.names = names;
    this.loop = io.loop();
    this.recorder = recorder;
  }

  /** Asks the endpoints of these upstreams from now on, and no others. */
  void retain(Set<Action.NamedUpstream> upstreams) {
    asked
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !upstreams.contains(entry.getKey());
          if (gone) {
            entry.getValue().forEach(Asking::stop);
          }
          return gone;
        });
    for (Action.NamedUpstream upstream : upstreams) {
      Upstream.HealthCheck check = upstream.config().health();
      if (check != null && !asked.containsKey(upstream)) {
        asked.put(upstream, begin(upstream, check));
      }
    }
  }

  private List<Asking> begin(Action.NamedUpstream upstream, Upstream.HealthCheck check) {
    List<Asking> all = new ArrayList<>();
    List<Upstream.Endpoint> endpoints = upstream.config().endpoints();
    for (int i = 0; i < endpoints.size(); i++) {
      EndpointProbe probe = new EndpointProbe(io, names, upstream, endpoints.get(i), check);
      Asking one = new Asking(upstream.health(), i, check, probe);
      long soon = Math.min(BEGINNING, check.interval().toNanos());
      loop.arm(one, ThreadLocalRandom.current().nextLong(soon));
      all.add(one);
    }
    return all;
  }

  /** One endpoint, and when it is asked next. */
  private final class Asking extends Deadline {
    private final UpstreamHealth health;
    private final int endpoint;
    private final Upstream.HealthCheck check;
    private final EndpointProbe probe;
    private boolean stopped;

    Asking(UpstreamHealth health, int endpoint, Upstream.HealthCheck check, EndpointProbe probe) {
      this.health = health;
      this.endpoint = endpoint;
      this.check = check;
      this.probe = probe;
    }

    @Override
    protected void expired() {
      probe.ask(problem -> {
        if (!stopped) {
          recorder.probed(health.name(), problem == null);
          health.checked(endpoint, check, problem, loop.nanos());
          long interval = check.interval().toNanos();
          long tenth = interval / 10;
          loop.arm(this, interval - tenth + ThreadLocalRandom.current().nextLong(2 * tenth + 1));
        }
      });
    }

    void stop() {
      stopped = true;
      loop.cancel(this);
      probe.close();
    }
  }
}
