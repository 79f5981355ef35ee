package dev.headgate.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "A match, and what happens to the requests that it takes. One of `to`, `redirect` and `respond` is needed.")
public record Route(
    @Doc("Which requests this route takes.") Match match,
    @Doc(
            value =
                "Who may call: `public` lets everybody call, on purpose; otherwise the names of policies, any of which"
                    + " may vouch for the caller. There is no default.",
            example = "[idp, keys]")
        @OneOrMany
        List<String> auth,
    @Doc(
            value = "What else happens to its requests, in this order within each stage.",
            example = "[{ authorize: \"'read' in identity.scopes\" }]")
        List<RoutePolicy> policies,
    @Doc("The upstreams that requests go to, by weight.") @OneOrMany List<Target> to,
    @Doc("How requests are shared out among several upstreams, where not by chance.")
        @Nullable Split split,
    @Doc("What answers when the upstream does not, and no retry helped.")
        @Nullable Fallback fallback,
    @Doc(
            value =
                "Copies a share of the requests for another upstream to answer, too. Its answers are read and thrown away.",
            example = "{ to: orders-next, share: 10% }")
        @Nullable Mirror mirror,
    @Doc("Changes of the path before the request is forwarded.") @Nullable Rewrite rewrite,
    @Doc("Answers with a redirect instead of forwarding.") @Nullable Redirect redirect,
    @Doc("Answers with fixed content instead of forwarding.") @Nullable Respond respond,
    @Doc("Changes of header fields.") HeaderChanges headers,
    @Doc("The largest request body, counted while it streams.") @Default("10MiB") Size bodyLimit,
    @Doc(
            "How long the whole request may take, from its head to the end of the answer. No bound by default.")
        @Range(min = "1ms", max = "1d")
        @Nullable Duration timeout,
    @Doc(
            value =
                "That callers may say how long they wait: it shortens `timeout`, and the upstream is told what is left of"
                    + " it. gRPC callers, who do so in `grpc-timeout`, need no leave.",
            example = "X-Request-Timeout")
        @Nullable CallerTimeout callerTimeout,
    @Doc(
            "What an encoded slash (%2F) or backslash (%5C) in the path means: refuse the request, keep it as it is,"
                + " or decode it into a path separator.")
        @Default("reject")
        EncodedSlash encodedSlash,
    @Doc("Whether WebSocket connections are relayed.") @Default("true") boolean websocket,
    @Doc(
            "How much it matters that its requests are answered when the node cannot answer all: `sheddable`, `default` or"
                + " `critical`. A consumer's own priority goes before it.")
        @Default("default")
        Priority priority,
    @Doc("Who looks after this route; shown in the admin API and by explain.")
        @Nullable String owner) {

  /** What {@code auth} says to let everybody call. */
  public static final String PUBLIC = "public";

  /** Whether everybody may call. */
  public boolean isPublic() {
    return auth.equals(List.of(PUBLIC));
  }

  /** What {@code %2F} in a path means. */
  public enum EncodedSlash {
    REJECT,
    KEEP,
    DECODE
  }

  @Doc("That callers may say how long they wait.")
  @Shorthand("header")
  public record CallerTimeout(
      @Doc(
              value =
                  "The field in which they say it: milliseconds, or a number with a unit (`ms`, `s` or `m`).",
              example = "X-Request-Timeout")
          String header,
      @Doc(
              "Who is believed. `trusted_proxies`: the listener's; from anybody else the field is taken away. `anybody`:"
                  + " whoever may call the route.")
          @Default("trusted_proxies")
          From from) {
    /** Whose word counts. */
    public enum From {
      TRUSTED_PROXIES,
      ANYBODY
    }
  }

  @Doc("Which requests a route takes: all that is named must hold.")
  public record Match(
      @Doc(
              value =
                  "A host name, or `*.` and a suffix for every name below it. Without it: every host. The port is"
                      + " not looked at.",
              example = "api.example.com")
          @OneOrMany
          List<String> host,
      @Doc(
              value =
                  "Segments: text, `{name}` for any one segment, and at the end `/**` for the rest.",
              example = "/orders/{id}")
          @Default("/**")
          String path,
      @Doc(value = "Methods; without it: every method.", example = "[GET, POST]") @OneOrMany
          List<String> methods,
      @Doc(value = "Header fields that must match.", example = "{ x-version: v2 }")
          Map<String, ValueMatch> headers,
      @Doc(value = "Query parameters that must match.", example = "{ debug: { present: true } }")
          Map<String, ValueMatch> query) {}

  @Doc("What a header field or query parameter must be: exactly one of these.")
  @Shorthand("exact")
  public record ValueMatch(
      @Doc("The value, compared exactly.") @Nullable String exact,
      @Doc("Whether it is there at all.") @Nullable Boolean present,
      @Doc("A regular expression (RE2 syntax, linear time) that the whole value matches.")
          @Nullable String regex) {}

  @Doc("An upstream and its share of the requests.")
  @Shorthand("upstream")
  public record Target(
      @Doc("The upstream's name.") String upstream,
      @Doc("Its share of the requests relative to the others.")
          @Default("1")
          @Range(min = "0", max = "1000000")
          int weight,
      @Doc(
              value = "What `split` calls it; its upstream's name if there is none.",
              example = "green")
          @Nullable String side) {

    /** The name of this side of a split. */
    public String sideName() {
      return side == null ? upstream : side;
    }
  }

  @Doc(
      "How requests are shared out among the upstreams of `to`. Without it, each request goes by chance, as the weights say.")
  public record Split(
      @Doc(
              value =
                  "Keeps a caller on one side: `client` (its address; an IPv6 network of 64 bits), `consumer`,"
                      + " `credential`, `host`, `header:NAME`, `cookie:NAME`, `claim:NAME`, `label:NAME`, `path:NAME` (what the"
                      + " route's path captures). The weights then share out callers, and a change of a weight moves only as"
                      + " many as it has to. Where a request has no such thing, its client's address stands in.",
              example = "consumer")
          @Nullable String stick,
      @Doc(value = "The side that all requests go to, whatever the weights.", example = "blue")
          @Nullable String active,
      @Doc("Who is sent to one side on purpose, such as testers; the first that applies counts.")
          @OneOrMany
          List<Force> force) {}

  @Doc("Sends a request to the side that something about it names.")
  public record Force(
      @Doc(
              value =
                  "What names the side: `header:NAME`, `cookie:NAME`, `consumer`, `claim:NAME`, `label:NAME`.",
              example = "header:X-Canary")
          String by,
      @Doc(
              value =
                  "The side for each value, compared exactly; other values count for nothing. Without it, the values"
                      + " are the sides' names.",
              example = "{ early: green }")
          Map<String, String> values,
      @Doc(
              value =
                  "A CEL expression: whose requests may be sent so. Needed for `header` and `cookie`, which any"
                      + " caller can send; `true` lets every caller choose.",
              example = "\"'testers' in identity.groups\"")
          @Nullable String when) {}

  @Doc(
      "What answers in place of an upstream that does not, once all retries are used up and as long as no byte of an answer has"
          + " gone to the client: exactly one of `to` and `respond`.")
  public record Fallback(
      @Doc("Another upstream. Only for requests of whose body nothing has been sent.")
          @Nullable String to,
      @Doc("A fixed answer.") @Nullable Respond respond,
      @Doc(
              value =
                  "After what: `open` (the circuit breaker is open), `busy` (too many requests wait for a connection),"
                      + " `connect_failure` (no connection, or one that broke before the endpoint can have done anything),"
                      + " `timeout` (no answer within `timeouts.response`), `reset` (the connection broke before an answer),"
                      + " or a status of the answer, 429 or 5xx.",
              example = "[open, connect_failure, timeout, 503]")
          @OneOrMany
          @Default("[open, busy, connect_failure]")
          List<String> on,
      @Doc(
              "Which requests go to another upstream after a timeout, a reset or a status, when the first one may have"
                  + " acted on them: those with `idempotent` methods (RFC 9110 section 9.2.2), or `any`.")
          @Default("idempotent")
          Upstream.Retry.Methods methods) {
    /** The circuit breaker is open. */
    public static final String OPEN = "open";

    /** Too many wait for a connection. */
    public static final String BUSY = "busy";

    /** No connection, or one that broke before anything was done. */
    public static final String CONNECT_FAILURE = "connect_failure";

    /** No answer in time. */
    public static final String TIMEOUT = "timeout";

    /** The connection broke before an answer. */
    public static final String RESET = "reset";
  }

  @Doc("Which copies of requests another upstream gets.")
  @Shorthand("to")
  public record Mirror(
      @Doc("The name of the upstream that gets them.") String to,
      @Doc("How many of the requests are copied, by chance.") @Default("100%") Percent share,
      @Doc("A request with a longer body is not copied.")
          @Default("64KiB")
          @Range(min = "0B", max = "1MiB")
          Size body,
      @Doc("How much of an answer is read; after that its connection is closed.")
          @Default("1MiB")
          @Range(min = "0B", max = "1GiB")
          Size answer,
      @Doc(
              "How many copies there are at once, on all event loops together; what comes meanwhile is not copied.")
          @Default("100")
          @Range(min = "1", max = "100000")
          int most,
      @Doc("How long the other upstream may take, from the first byte sent to the last one read.")
          @Default("10s")
          @Range(min = "1ms", max = "5m")
          Duration timeout,
      @Doc(
              "What of the two answers is compared, for metrics and log: the `status`, or bodies in `json`, too.")
          @Default("status")
          Comparison compare,
      @Doc(
              value =
                  "Fields that may differ, as JSON pointers (RFC 6901), with `*` for any one name or index.",
              example = "[/id, /items/*/updatedAt]")
          @OneOrMany
          List<String> ignore) {
    /** What of two answers is compared. */
    public enum Comparison {
      STATUS,
      JSON
    }
  }

  @Doc("A change of the path: exactly one of these. The query stays.")
  public record Rewrite(
      @Doc(
              value =
                  "Replaces the fixed beginning of the route's path, all that comes before the first `{name}` or `**`.",
              example = "/v2/orders")
          @Nullable String prefix,
      @Doc(
              value =
                  "The new path, with `{name}` for what the route's path captured and `{**}` for the rest.",
              example = "/internal/{id}/{**}")
          @Nullable String path) {}

  @Doc("A redirect.")
  public record Redirect(
      @Doc("301, 302, 303, 307 or 308.") @Default("308") int status,
      @Doc(
              value =
                  "Where to: a URL or a path, with `{name}`, `{**}`, `{host}`, `{path}` and `{query}` replaced.",
              example = "https://{host}{path}")
          String to) {}

  @Doc("A fixed answer.")
  public record Respond(
      @Doc("The status.") @Default("200") @Range(min = "200", max = "599") int status,
      @Doc("The body.") @Default("") String body,
      @Doc("Header fields of the answer.") Map<String, String> headers) {}

  @Doc("Changes of header fields, request and response.")
  public record HeaderChanges(
      @Doc("On the request, before it is forwarded.") Changes request,
      @Doc("On the response, before it goes to the client.") Changes response) {}

  @Doc("Changes of header fields, made in this order: remove, set, add.")
  public record Changes(
      @Doc("Fields to take away.") @OneOrMany List<String> remove,
      @Doc("Fields that replace those of the same name.") Map<String, String> set,
      @Doc("Fields added beside those of the same name.") Map<String, String> add) {
    public boolean isEmpty() {
      return remove.isEmpty() && set.isEmpty() && add.isEmpty();
    }
  }
}
