package dev.headgate.config;

import java.util.List;

@Doc("What is measured and recorded.")
public record Telemetry(
    @Doc("One line for each request.") AccessLog accessLog,
    @Doc("Prometheus metrics.") Metrics metrics) {

  @Doc("One line for each request.")
  public record AccessLog(
      @Doc("`stdout`, `off`, or `file:` and a path.") @Default("stdout") String to,
      @Doc("The form of a line.") @Default("json") Format format,
      @Doc(
              "Query parameters whose values are never written, besides those that are known to carry credentials.")
          @OneOrMany
          List<String> redactQuery) {}

  /** The form of an access log line. */
  public enum Format {
    JSON
  }

  @Doc("Prometheus metrics.")
  public record Metrics(
      @Doc(
              "Label sets kept for each metric; what comes after goes to a label set named `overflow`.")
          @Default("10000")
          @Range(min = "100", max = "1000000")
          int maxSeries) {}
}
