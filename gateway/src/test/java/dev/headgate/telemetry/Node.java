package dev.headgate.telemetry;

import dev.headgate.config.Telemetry.AccessLog;
import dev.headgate.config.Telemetry.Format;
import dev.headgate.exchange.ManualLoop;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Telemetry of one process with one loop. */
final class Node implements AutoCloseable {
  final ManualLoop loop = new ManualLoop();
  final Telemetry telemetry;
  final LoopRecorder recorder;

  Node(dev.headgate.config.Telemetry config) {
    telemetry = new Telemetry(config, loop.clock, new Facts());
    recorder = telemetry.loopRecorder(loop);
  }

  static Node withoutLog() {
    return new Node(config("off", 10_000));
  }

  static dev.headgate.config.Telemetry config(String to, int maxSeries, String... redactQuery) {
    return new dev.headgate.config.Telemetry(
        new AccessLog(to, Format.JSON, List.of(redactQuery)),
        new dev.headgate.config.Telemetry.Metrics(maxSeries));
  }

  List<String> scrape() {
    return scrape(null);
  }

  List<String> scrape(@Nullable String accept) {
    return new String(telemetry.scrape(accept).body(), StandardCharsets.UTF_8).lines().toList();
  }

  /** The value of a series, given as it is printed. */
  double value(String series) {
    return scrape().stream()
        .filter(line -> line.startsWith(series + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(series.length() + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    recorder.close();
    telemetry.close();
  }

  private final class Facts implements NodeFacts {
    @Override
    public LedgerFacts ledger() {
      return new LedgerFacts(true, 0, 0, 0, 0, 0);
    }

    @Override
    public String version() {
      return "0.1.0";
    }

    @Override
    public long revision() {
      return 7;
    }

    @Override
    public List<UpstreamFacts> upstreams() {
      return List.of(new UpstreamFacts("orders", 2, 1, 0, false, 1));
    }

    @Override
    public List<LimitedUpstream> limitedUpstreams() {
      return List.of(new LimitedUpstream("orders", 20, 7));
    }

    @Override
    public List<Certificate> certificates() {
      return List.of(new Certificate("public", "certs/api.pem", loop.wallMillis() + 86_400_000));
    }
  }
}
