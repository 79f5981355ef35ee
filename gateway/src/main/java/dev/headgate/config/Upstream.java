package dev.headgate.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("A named pool of endpoints.")
public record Upstream(
    @Doc(value = "Where requests go.", example = "[\"http://10.0.0.1:8080\"]") @OneOrMany
        List<Endpoint> endpoints,
    @Doc(value = "How an endpoint is chosen.", example = "least_request") Balance balance,
    @Doc(
            "The protocol spoken to the endpoints. `auto`: HTTP/1.1 for http URLs, and what ALPN agrees on for"
                + " https. `http2` with an http URL is h2c by prior knowledge.")
        @Default("auto")
        Protocol protocol,
    @Doc(
            value =
                "The host that endpoints are asked for, in Host or `:authority`. `preserve`: what the client asked"
                    + " for. `endpoint`: the host of the endpoint's URL. Anything else is sent as it stands.",
            example = "endpoint")
        @Default("preserve")
        UpstreamHost host,
    @Doc("How long to wait for what.") Timeouts timeouts,
    @Doc("Bounds on connections. They are shared out evenly to the event loops.")
        Connections connections,
    @Doc("Bounds on the requests that the upstream has at once from this node.") Limits limits,
    @Doc(
            value =
                "Finds out by the upstream's latency how many requests it should have at once, and turns away what is"
                    + " more. Without it only `limits` bound them.",
            example = "{ min: 10, max: 500 }")
        @Nullable AdaptiveConcurrency adaptiveConcurrency,
    @Doc("When a request is sent once more.") Retry retry,
    @Doc(
            value =
                "When a read that is not answered yet is sent to a second endpoint as well. Without it none is.",
            example = "{ after: p95 }")
        @Nullable Hedge hedge,
    @Doc("When an endpoint is left out because of what came of its requests.")
        OutlierDetection outlierDetection,
    @Doc(
            value =
                "When the upstream is not asked at all for a while, as too many requests failed or were slow. Without it it"
                    + " always is.",
            example = "{ failureRate: 50% }")
        @Nullable Breaker circuitBreaker,
    @Doc(
            value =
                "How each endpoint is asked again and again whether it is well. Without it none is.",
            example = "{ path: /health, interval: 5s }")
        @Nullable HealthCheck health,
    @Doc(
            "The share of the endpoints' weight below which those that are left out are used all the same: health is"
                + " never the reason why nobody is asked.")
        @Default("50%")
        Percent panicThreshold,
    @Doc("TLS towards endpoints with https URLs.") ClientTls tls) {

  /** Whether an endpoint speaks TLS. */
  public boolean secure() {
    return endpoints.stream().anyMatch(Endpoint::secure);
  }

  @Doc("How an endpoint is chosen, among those that are well.")
  @Shorthand("algorithm")
  public record Balance(
      @Doc(
              "`round_robin`: in turn. `least_request`: the less busy of two picked at random. `random`: at random. Each by"
                  + " weight.")
          @Default("round_robin")
          Algorithm algorithm,
      @Doc(
              value =
                  "By what a request is about instead, so that the same goes to the same endpoint: `header:NAME`,"
                      + " `cookie:NAME`, `client` (its address; an IPv6 network of 64 bits), `consumer`, `credential`, `host`,"
                      + " `claim:NAME`, `label:NAME`, `path:NAME` (what the route's path captures). Where a request has no such thing, its client's address stands in.",
              example = "header:X-User")
          @Nullable String hash) {
    /** In turn. */
    public static final Balance IN_TURN = new Balance(Algorithm.ROUND_ROBIN, null);

    /** Those that need no more than the endpoints. */
    public enum Algorithm {
      ROUND_ROBIN,
      LEAST_REQUEST,
      RANDOM
    }
  }

  /** The protocol spoken to endpoints. */
  public enum Protocol {
    AUTO,
    HTTP1,
    HTTP2
  }

  @Doc("One host and port.")
  @Shorthand("url")
  public record Endpoint(
      @Doc(
              value =
                  "http or https, host (an address, or a name that is resolved again when its TTL ends), port.",
              example = "http://10.0.0.1:8080")
          URI url,
      @Doc("Its share of the requests relative to the others.")
          @Default("1")
          @Range(min = "1", max = "1000")
          int weight,
      @Doc(
              "Endpoints with a higher number get requests only as far as those with lower ones cannot bear them: when less"
                  + " than five sevenths of their weight are well.")
          @Default("0")
          @Range(min = "0", max = "15")
          int priority) {
    /** Whether it speaks TLS. */
    public boolean secure() {
      return "https".equalsIgnoreCase(url.getScheme());
    }

    /**
     * Its host and port, which the scheme gives where the URL does not. Names with '_' are common
     * in container networks, although {@link URI} knows no host then.
     *
     * @throws IllegalArgumentException with a hint for the user
     */
    public HostPort address() {
      String authority = url.getRawAuthority() == null ? "" : url.getRawAuthority();
      boolean bare = authority.lastIndexOf(':') <= authority.lastIndexOf(']');
      return HostPort.parse(bare ? authority + ":" + usualPort() : authority);
    }

    /** The port that goes without saying. */
    public int usualPort() {
      return secure() ? 443 : 80;
    }
  }

  @Doc("How long to wait for what.")
  public record Timeouts(
      @Doc("For a connection, TLS handshake included, and for a place in the pool.")
          @Default("1s")
          @Range(min = "1ms", max = "5m")
          Duration connect,
      @Doc("From the end of the request to the head of the answer.")
          @Default("30s")
          @Range(min = "1ms", max = "1d")
          Duration response,
      @Doc("Between two pieces of a body, and for an unused connection in the pool.")
          @Default("60s")
          @Range(min = "1ms", max = "1d")
          Duration idle,
      @Doc("For a WebSocket on which both sides are silent.")
          @Default("1h")
          @Range(min = "1ms", max = "7d")
          Duration websocket) {}

  @Doc("Bounds on connections to each endpoint.")
  public record Connections(
      @Doc("Connections open at once to one endpoint.")
          @Default("1024")
          @Range(min = "1", max = "1000000")
          int max,
      @Doc("Requests that may wait for a connection at once; further ones get 503.")
          @Default("1024")
          @Range(min = "0", max = "1000000")
          int waiting) {}

  @Doc(
      "Bounds on the requests that an upstream has at once from this node, over all event loops. What finds no place is"
          + " answered with 503 `upstream.busy`.")
  public record Limits(
      @Doc("Requests at once; 0: no fixed bound. Each attempt counts, and so does a WebSocket.")
          @Default("0")
          @Range(min = "0", max = "1000000")
          int requests,
      @Doc("Requests that may wait for a place at once; further ones are answered at once.")
          @Default("0")
          @Range(min = "0", max = "1000000")
          int queue,
      @Doc("How long a request waits for a place.")
          @Default("100ms")
          @Range(min = "1ms", max = "1m")
          Duration queueTimeout) {}

  @Doc(
      "How the bound on the requests at once follows the upstream: it grows as long as the upstream is hardly slower than"
          + " when nothing waits in it, and shrinks by how much slower it is.")
  public record AdaptiveConcurrency(
      @Doc("The smallest bound.") @Default("10") @Range(min = "1", max = "1000000") int min,
      @Doc("The largest bound.") @Default("1000") @Range(min = "1", max = "1000000") int max,
      @Doc("By how much the upstream may be slower than when nothing waits in it.") @Default("50%")
          Percent tolerance,
      @Doc(
              "How often it is measured how long the upstream takes when nothing waits in it; a tenth more or less. For that"
                  + " the bound is halved for a moment, if so many requests come.")
          @Default("60s")
          @Range(min = "1s", max = "1h")
          Duration measureEvery) {}

  @Doc(
      "When a request is sent once more, to another endpoint as long as there is one. Never after a byte of the answer has"
          + " gone to the client.")
  public record Retry(
      @Doc("How often a request is sent at most, the first time included.")
          @Default("2")
          @Range(min = "1", max = "10")
          int attempts,
      @Doc(
              value =
                  "After what: `connect_failure` (no connection, or one that broke before the endpoint can have done"
                      + " anything that matters, `refused_stream` included), `refused_stream` (an HTTP/2 endpoint says that"
                      + " it has not begun with the request), `reset` (any other break before the head of an answer),"
                      + " `timeout` (no answer within `timeouts.response`), or a status of the answer.",
              example = "[connect_failure, refused_stream, reset, timeout, 502, 503, 504]")
          @OneOrMany
          @Default("[connect_failure, refused_stream]")
          List<String> on,
      @Doc(
              value =
                  "After which statuses gRPC calls are sent again, whatever `methods` says: those that come at once,"
                      + " before any message (a trailers-only answer).",
              example = "[unavailable]")
          @OneOrMany
          List<String> grpc,
      @Doc(
              "Which requests are sent again after a reset, a timeout or a status: those with `idempotent` methods (RFC"
                  + " 9110 section 9.2.2), or `any`.")
          @Default("idempotent")
          Methods methods,
      @Doc(
              "How long to wait before the second attempt at most; the time is random, and the bound doubles with each"
                  + " further one.")
          @Default("25ms")
          @Range(min = "0s", max = "10s")
          Duration backoff,
      @Doc(
              "The longest wait. If the answer asks for a longer one (Retry-After), the request is not sent again.")
          @Default("250ms")
          @Range(min = "0s", max = "10s")
          Duration maxBackoff,
      @Doc(
              "How many retries there may be for all requests to the upstream: with an upstream that fails, it gets this"
                  + " much more than without retries.")
          @Default("20%")
          Percent budget,
      @Doc("How many retries a second there may be besides, for upstreams with few requests.")
          @Default("3")
          @Range(min = "0", max = "1000")
          int minPerSecond,
      @Doc(
              "How much of a request's body is kept so that it can be sent again; one with a longer body is not, once some"
                  + " of it has been sent. 0B keeps none. All bodies together are bounded by `runtime.retryMemory`.")
          @Default("64KiB")
          @Range(min = "0B", max = "16MiB")
          Size body) {
    /** No connection. */
    public static final String CONNECT_FAILURE = "connect_failure";

    /** The endpoint has not begun with the request, and says so. */
    public static final String REFUSED_STREAM = "refused_stream";

    /** The connection broke before the head of an answer. */
    public static final String RESET = "reset";

    /** No answer in time. */
    public static final String TIMEOUT = "timeout";

    /** Which requests may be sent twice. */
    public enum Methods {
      IDEMPOTENT,
      ANY
    }
  }

  @Doc(
      "A second attempt beside the first, to another endpoint: for requests with GET, HEAD or OPTIONS and without a body"
          + " that are not answered yet. The answer that begins first counts, and the other attempt is given up. It is one"
          + " of `retry.attempts` and takes from `retry.budget`.")
  @Shorthand("after")
  public record Hedge(
      @Doc(
              value =
                  "After how long: a time from 1ms to 60s, or what a share of the upstream's answers took lately, from `p50`"
                      + " to `p99`.",
              example = "p95")
          HedgeAfter after) {}

  @Doc(
      "When an endpoint is left out because of what came of its requests: too many failures in a row, over all event"
          + " loops, while another endpoint is in better shape. After that single requests try it, until one is answered"
          + " well.")
  public record OutlierDetection(
      @Doc(
              "How many answers in a row with a 5xx status, or failures to answer at all, leave an endpoint out; 0: none"
                  + " do.")
          @Default("5")
          @Range(min = "0", max = "1000")
          int consecutive5xx,
      @Doc(
              "How many answers in a row with 502, 503 or 504, or failures to answer at all (no connection, one that"
                  + " broke, no answer in time), leave an endpoint out; 0: none do.")
          @Default("3")
          @Range(min = "0", max = "1000")
          int consecutiveGatewayErrors,
      @Doc(
              "For how long an endpoint is left out at first; each further time by this much longer. For each such time"
                  + " that it serves, one is forgotten.")
          @Default("10s")
          @Range(min = "100ms", max = "1h")
          Duration ejection,
      @Doc("The longest time for which an endpoint is left out.")
          @Default("5m")
          @Range(min = "100ms", max = "1d")
          Duration maxEjection,
      @Doc(
              "The share of the endpoints that may be left out at once, rounded down, but one of several may be. 0% turns"
                  + " it off.")
          @Default("50%")
          Percent maxEjected) {}

  @Doc(
      "When the upstream is not asked at all for a while: requests are answered with 503 `upstream.open`. Counted over all"
          + " event loops; each attempt counts.")
  public record Breaker(
      @Doc("The share of requests that must fail: answers with 5xx, and no answer.") @Default("50%")
          Percent failureRate,
      @Doc(
              value =
                  "From which time to the head of its answer a request is slow. Without it none is.",
              example = "2s")
          @Range(min = "1ms", max = "5m")
          @Nullable Duration slowCall,
      @Doc("The share of requests that must be slow.") @Default("80%") Percent slowCallRate,
      @Doc("Over which time requests are counted; it moves on by tenths.")
          @Default("10s")
          @Range(min = "1s", max = "10m")
          Duration window,
      @Doc("How many requests there must have been in that time.")
          @Default("20")
          @Range(min = "1", max = "1000000")
          int minRequests,
      @Doc("For how long none is sent.") @Default("5s") @Range(min = "100ms", max = "10m")
          Duration open,
      @Doc(
              "How many are sent after that to find out. If all are answered well and in time all others are sent again.")
          @Default("3")
          @Range(min = "1", max = "1000")
          int probes) {}

  @Doc("How each endpoint is asked again and again whether it is well; once for the whole node.")
  @Shorthand("path")
  public record HealthCheck(
      @Doc(
              value =
                  "What is asked for. Without it only a connection is made, TLS included, and closed again.",
              example = "/health")
          @Nullable String path,
      @Doc(
              "How long to wait before an endpoint is asked again; a random tenth more or less, so that nodes do not ask all"
                  + " at once.")
          @Default("5s")
          @Range(min = "100ms", max = "1h")
          Duration interval,
      @Doc("For an answer, connection included.") @Default("2s") @Range(min = "1ms", max = "5m")
          Duration timeout,
      @Doc(
              "After how many good answers in a row an endpoint is used again. The very first answer decides at once.")
          @Default("2")
          @Range(min = "1", max = "100")
          int healthyAfter,
      @Doc(
              "After how many bad answers in a row, or none, it is left out. The very first one decides at once.")
          @Default("3")
          @Range(min = "1", max = "100")
          int unhealthyAfter,
      @Doc(
              value = "Which statuses are good answers: single ones, and ranges.",
              example = "[200-299, 401]")
          @OneOrMany
          @Default("[200-299]")
          List<String> status,
      @Doc(
              "Whether to ask as gRPC's health checking protocol has it, `grpc.health.v1.Health/Check`, instead of a path.")
          @Default("false")
          boolean grpc,
      @Doc("With `grpc`: the service to ask about. Empty: the server as a whole.") @Default("")
          String service,
      @Doc("The request's method.") @Default("GET") String method,
      @Doc(
              "The host to ask for. Without it the one that requests ask for where that is fixed, else the endpoint's own.")
          @Nullable String host) {

    /** Whether that is a good answer. */
    public boolean expects(int code) {
      for (String one : status) {
        int dash = one.indexOf('-');
        String from = dash < 0 ? one : one.substring(0, dash);
        String to = dash < 0 ? one : one.substring(dash + 1);
        if (code >= Integer.parseInt(from) && code <= Integer.parseInt(to)) {
          return true;
        }
      }
      return false;
    }
  }

  @Doc("TLS towards endpoints.")
  public record ClientTls(
      @Doc(
              "Whether the endpoint's certificate and name are verified. Turning it off gives up what TLS is for.")
          @Default("true")
          boolean verify,
      @Doc("PEM file: the authorities to trust instead of the system's.") @Nullable String ca,
      @Doc("The name to ask for (SNI) and to verify, instead of the URL's host.")
          @Nullable String serverName,
      @Doc("The certificate to show to endpoints that ask for one.")
          ServerTls.@Nullable KeyPair certificate) {}
}
