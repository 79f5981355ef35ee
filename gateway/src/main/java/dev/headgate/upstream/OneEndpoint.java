package dev.headgate.upstream;

import dev.headgate.config.Percent;
import dev.headgate.config.Size;
import dev.headgate.config.Upstream;
import dev.headgate.config.UpstreamHost;
import java.time.Duration;
import java.util.List;

/**
 * The configuration of an upstream that is one endpoint and whose requests are the gateway's own:
 * nothing is sent again and nobody is left out, since who asks sees to that.
 */
final class OneEndpoint {
  private static final Upstream.Retry NO_RETRIES =
      new Upstream.Retry(
          1,
          List.of(),
          List.of(),
          Upstream.Retry.Methods.IDEMPOTENT,
          Duration.ZERO,
          Duration.ZERO,
          new Percent(0),
          0,
          new Size(0));

  private static final Upstream.OutlierDetection NO_OUTLIERS =
      new Upstream.OutlierDetection(
          0, 0, Duration.ofSeconds(1), Duration.ofSeconds(1), new Percent(0));

  private static final Upstream.Limits NO_LIMITS =
      new Upstream.Limits(0, 0, Duration.ofMillis(100));

  private OneEndpoint() {}

  static Upstream of(
      Upstream.Endpoint endpoint,
      Upstream.Protocol protocol,
      Upstream.Timeouts timeouts,
      Upstream.Connections connections,
      Upstream.ClientTls tls) {
    return new Upstream(
        List.of(endpoint),
        Upstream.Balance.IN_TURN,
        protocol,
        new UpstreamHost.Preserve(),
        timeouts,
        connections,
        NO_LIMITS,
        null,
        NO_RETRIES,
        null,
        NO_OUTLIERS,
        null,
        null,
        new Percent(0),
        tls);
  }
}
