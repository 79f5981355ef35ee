package dev.headgate.cli;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The upstreams of a gateway, as its page {@code /upstreams} tells of them.
 *
 * @param json the page as it came
 */
record ListedUpstreams(List<Upstream> upstreams, String json) {
  /**
   * One upstream.
   *
   * @param breaker null if it has none
   * @param further null if no request was sent to it yet
   * @param requests how many it has; null if they are not bound
   */
  record Upstream(
      String name,
      boolean panic,
      @Nullable String breaker,
      @Nullable Further further,
      @Nullable Requests requests,
      List<Endpoint> endpoints) {}

  /**
   * Attempts after the first.
   *
   * @param left how many more there may be now
   */
  record Further(String retries, String hedges, String left) {}

  /** How many requests an upstream has, may have, and lets wait. */
  record Requests(String now, String limit, String queued) {}

  /** One endpoint. What it has nothing to say about is null. */
  record Endpoint(
      String endpoint,
      String state,
      String active,
      @Nullable String why,
      @Nullable String until,
      @Nullable String ejections) {}

  /** Reads a page. */
  static ListedUpstreams parse(byte[] page) {
    List<Upstream> upstreams = new ArrayList<>();
    try (JsonParser in = new JsonFactory().createParser(ObjectReadContext.empty(), page)) {
      in.nextToken();
      Facts.read(in, ListedUpstreams::upstream, upstreams);
    }
    return new ListedUpstreams(upstreams, new String(page, StandardCharsets.UTF_8).strip());
  }

  private static Upstream upstream(JsonParser in) {
    List<Endpoint> endpoints = new ArrayList<>();
    Map<String, String> facts = Facts.read(in, ListedUpstreams::endpoint, endpoints);
    String left = facts.get("retriesLeft");
    return new Upstream(
        facts.getOrDefault("name", ""),
        "true".equals(facts.get("panic")),
        facts.get("breaker"),
        left == null
            ? null
            : new Further(
                facts.getOrDefault("retries", "0"), facts.getOrDefault("hedges", "0"), left),
        requests(facts),
        endpoints);
  }

  private static @Nullable Requests requests(Map<String, String> facts) {
    String limit = facts.get("requestLimit");
    return limit == null
        ? null
        : new Requests(facts.getOrDefault("requests", ""), limit, facts.getOrDefault("queued", ""));
  }

  private static Endpoint endpoint(JsonParser in) {
    Map<String, String> facts = Facts.read(in);
    return new Endpoint(
        facts.getOrDefault("endpoint", ""),
        facts.getOrDefault("state", ""),
        facts.getOrDefault("active", ""),
        facts.get("why"),
        facts.get("until"),
        facts.get("ejections"));
  }
}
