package dev.headgate.flow;

import dev.headgate.exchange.Loop;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.mirror.Mirrors;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.Snapshot;
import dev.headgate.telemetry.Recorder;
import dev.headgate.upstream.UpstreamPool;

/** What a loop lends to the requests that it serves. Loop-confined. */
public interface Serving {
  Loop loop();

  /** What serves requests that begin now; a request keeps the one it began with. */
  Snapshot snapshot();

  Recorder recorder();

  /** The policies' instances on this loop. */
  LoopPolicies policies();

  /** The connections to an upstream. */
  UpstreamPool pool(Action.NamedUpstream upstream);

  /** The copies of requests for other upstreams. */
  Mirrors mirrors();

  /** The current time as a Date field has it. */
  String date();
}
