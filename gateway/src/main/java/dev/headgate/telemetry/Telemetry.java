package dev.headgate.telemetry;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Loop;
import io.prometheus.metrics.expositionformats.ExpositionFormatWriter;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one process measures and records: gives each loop its {@link LoopRecorder}, answers scrapes,
 * and owns the access log's writer.
 *
 * <p>How it is safe: the loops write only to what their recorder made for them, and everything that
 * is shared is said so where it is ({@link Cells}, {@link Family}, {@link AccessLog}). All methods
 * here may be called from any thread.
 */
@Shared
public final class Telemetry implements AutoCloseable {
  private final Clock clock;
  private final NodeFacts facts;
  private final Metrics metrics;
  private final AccessLog accessLog;
  private final ExpositionFormatWriter prometheus = PrometheusTextFormatWriter.create();
  private final ExpositionFormatWriter openMetrics = OpenMetricsTextFormatWriter.create();

  /** Begins: starts the thread that writes the access log. */
  public Telemetry(dev.headgate.config.Telemetry config, Clock clock, NodeFacts facts) {
    this.clock = clock;
    this.facts = facts;
    this.metrics = new Metrics(config.metrics().maxSeries());
    this.accessLog = new AccessLog(config.accessLog()).start();
  }

  /** A recorder for one loop, to be used on it only. */
  public LoopRecorder loopRecorder(Loop loop) {
    return new LoopRecorder(loop, metrics, accessLog);
  }

  /** Goes on as a new configuration says; what was counted stays. */
  public void apply(dev.headgate.config.Telemetry config) {
    metrics.maxSeries(config.metrics().maxSeries());
    accessLog.apply(config.accessLog());
  }

  /**
   * Never again writes values of these query parameters to the access log. Requests live longer
   * than the revision that they began with, so nothing that was hidden is shown later.
   */
  public void hide(Collection<String> parameters) {
    accessLog.hide(parameters);
  }

  /** Somebody tried to change the configuration. */
  public void reloaded(ReloadResult result) {
    metrics.reloads(result).increment();
  }

  /**
   * Opens the access log's file again, for those who rotate logs; it also notices by itself, within
   * about a second.
   */
  public void reopenLog() {
    accessLog.reopen();
  }

  /**
   * The metrics as of now. Takes milliseconds where there are many series: not for an event loop
   * that serves requests.
   *
   * @param accept the header of the scrape: OpenMetrics if it asks for that, else Prometheus' text
   *     format
   */
  public Scraped scrape(@Nullable String accept) {
    ExpositionFormatWriter writer = openMetrics.accepts(accept) ? openMetrics : prometheus;
    ByteArrayOutputStream body = new ByteArrayOutputStream(64 * 1024);
    try {
      writer.write(body, Scrape.of(metrics, accessLog, facts, clock.millis()));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return new Scraped(writer.getContentType(), body.toByteArray());
  }

  /**
   * The answer to a scrape.
   *
   * @param body to be sent as it is
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  public record Scraped(String contentType, byte[] body) {}

  /**
   * What limits have said since the start, by their names, and who was over them most in the last
   * minutes.
   *
   * @param most how many of those are told for each
   */
  public List<LimitReport> limits(int most) {
    List<LimitReport> reports = new ArrayList<>();
    metrics
        .limits()
        .forEach((names, sums) ->
            reports.add(
                LimitMetrics.report(
                    names.getFirst(),
                    sums,
                    metrics.offenders().top(names.getFirst(), most, clock.millis()))));
    reports.sort(Comparator.comparing(LimitReport::limit));
    return reports;
  }

  /** Writes what the loops have handed over and ends; after each {@link LoopRecorder#close}. */
  @Override
  public void close() {
    accessLog.close();
  }
}
