package dev.headgate.telemetry;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot.InfoDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The metrics of one scrape while they are put together, in the terms of the Prometheus library.
 * One thread's.
 */
final class Exposition {
  private final List<Supplier<MetricSnapshot>> metrics = new ArrayList<>();

  MetricSnapshots snapshots() {
    return new MetricSnapshots(metrics.stream().map(Supplier::get).toList());
  }

  /**
   * @param name without the suffix {@code _total}
   */
  Counter counter(String name, String help) {
    Counter counter = new Counter();
    MetricMetadata metadata = new MetricMetadata(name, help);
    metrics.add(() -> new CounterSnapshot(metadata, counter.points));
    return counter;
  }

  Gauge gauge(String name, String help) {
    Gauge gauge = new Gauge();
    MetricMetadata metadata = new MetricMetadata(name, help);
    metrics.add(() -> new GaugeSnapshot(metadata, gauge.points));
    return gauge;
  }

  Distribution distribution(String name, String help, Histogram cells) {
    Distribution distribution = new Distribution(cells);
    MetricMetadata metadata = new MetricMetadata(name, help);
    metrics.add(() -> new HistogramSnapshot(metadata, distribution.points));
    return distribution;
  }

  /**
   * Adds a metric that is always 1 and tells something in its labels.
   *
   * @param name without the suffix {@code _info}
   */
  void info(String name, String help, Labels labels) {
    MetricMetadata metadata = new MetricMetadata(name, help);
    metrics.add(() -> new InfoSnapshot(metadata, List.of(new InfoDataPointSnapshot(labels))));
  }

  /** A metric that only grows. */
  static final class Counter {
    private final List<CounterDataPointSnapshot> points = new ArrayList<>();

    void add(long value, Labels labels) {
      add((double) value, labels);
    }

    void add(double value, Labels labels) {
      points.add(new CounterDataPointSnapshot(value, labels, null, 0));
    }
  }

  /** A metric that goes up and down. */
  static final class Gauge {
    private final List<GaugeDataPointSnapshot> points = new ArrayList<>();

    void add(long value, Labels labels) {
      add((double) value, labels);
    }

    void add(double value, Labels labels) {
      points.add(new GaugeDataPointSnapshot(value, labels, null));
    }
  }

  /** A histogram, from the cells in which the loops counted. */
  static final class Distribution {
    private final List<HistogramDataPointSnapshot> points = new ArrayList<>();
    private final Histogram cells;
    private final double[] bounds;

    private Distribution(Histogram cells) {
      this.cells = cells;
      this.bounds = cells.buckets().bounds();
    }

    void add(long[] sums, Labels labels) {
      points.add(
          new HistogramDataPointSnapshot(
              ClassicHistogramBuckets.of(bounds, cells.counts(sums)),
              cells.sum(sums),
              labels,
              Exemplars.EMPTY,
              0));
    }
  }
}
