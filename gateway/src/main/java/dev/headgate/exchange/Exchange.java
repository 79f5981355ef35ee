package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.PathTemplate;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, as policies, the flow and telemetry see them. No Netty type and no
 * buffer is visible here.
 *
 * <p>The protocol's reader fills in the head; each stage adds what it found out. It is used by one
 * request only and ends with it.
 */
@LoopConfined
public final class Exchange {
  // What came in.
  private final ClientInfo client;
  private final String protocol;
  private final String method;
  private final String authority;
  private final String target;
  private final boolean webSocket;
  private final Headers requestHeaders;

  // What the stages found out.
  private InetAddress address;
  private String clientAddress;
  private boolean trustedPeer;
  private boolean ambiguousCaller;
  private String scheme;
  private String host = "";
  private String path = "";
  private @Nullable String query;
  private String requestId = "";
  private String traceId = "";
  private @Nullable String route;
  private @Nullable PathTemplate routePath;
  private @Nullable Identity identity;
  private long revision;
  private GuessLimit guessLimit = GuessLimit.NONE;
  private List<WouldDeny> wouldDeny = List.of();
  private boolean bodiless;
  private @Nullable PolicyStates states;
  private List<BodyWatch> bodyWatches = List.of();
  private List<AnswerWatch> answerWatches = List.of();
  private @Nullable BiConsumer<Stage, String> explainer;

  // What came back.
  private @Nullable String upstream;
  private @Nullable String endpoint;
  private int status;
  private Headers responseHeaders;
  private @Nullable Failure failure;
  private int retries;
  private @Nullable String hedge;
  private @Nullable String fallback;

  // What it took. Nanoseconds on the loop's monotonic clock, 0 for what did not happen.
  private final long startNanos;
  private long forwardNanos;
  private long upstreamHeadNanos;
  private long upstreamEndNanos;
  private long endNanos;
  private long requestBytes;
  private long responseBytes;

  /**
   * @param protocol such as {@code HTTP/1.1}, as the log shows it
   * @param startNanos when the first byte of the head was read
   */
  public Exchange(
      ClientInfo client,
      String protocol,
      Head head,
      Headers requestHeaders,
      Headers responseHeaders,
      long startNanos) {
    this.client = client;
    this.address = client.peer();
    this.clientAddress = client.peerText();
    this.scheme = client.secure() ? "https" : "http";
    this.protocol = protocol;
    this.method = head.method();
    this.authority = head.authority();
    this.host = head.host();
    this.target = head.target();
    this.webSocket = head.webSocket();
    this.requestHeaders = requestHeaders;
    this.responseHeaders = responseHeaders;
    this.startNanos = startNanos;
  }

  /**
   * The first line of a request, whatever protocol it came in.
   *
   * @param method as it came; case counts
   * @param authority host and optional port, checked
   * @param host the authority in lower case without the port; empty where HTTP/1.0 gave none
   * @param target path and query, beginning with a slash, or {@code *}
   * @param webSocket whether a WebSocket is asked for; the method is GET then, on HTTP/2 too
   */
  public record Head(
      String method, String authority, String host, String target, boolean webSocket) {}

  public ClientInfo client() {
    return client;
  }

  public String protocol() {
    return protocol;
  }

  public String method() {
    return method;
  }

  /**
   * The method that a CORS preflight asks about (the Fetch standard, section 3.3.4), the first if
   * it names several; null for any other request.
   */
  public @Nullable String preflightMethod() {
    return method.equals("OPTIONS") && requestHeaders.has(HeaderName.ORIGIN)
        ? requestHeaders.get(HeaderName.ACCESS_CONTROL_REQUEST_METHOD)
        : null;
  }

  public String authority() {
    return authority;
  }

  /** The target as it came. Routes, policies and the log use {@link #path}. */
  public String target() {
    return target;
  }

  /** Whether the caller asks for a WebSocket. */
  public boolean webSocket() {
    return webSocket;
  }

  public Headers requestHeaders() {
    return requestHeaders;
  }

  /** The caller's address: the peer's, or what a trusted proxy said. */
  public InetAddress address() {
    return address;
  }

  /** {@link #address} as text. */
  public String clientAddress() {
    return clientAddress;
  }

  public void address(InetAddress caller) {
    address = caller;
    clientAddress = caller.getHostAddress();
  }

  /** Whether the peer is a trusted proxy, whose forwarding fields are believed and passed on. */
  public boolean trustedPeer() {
    return trustedPeer;
  }

  public void trustedPeer(boolean trusted) {
    trustedPeer = trusted;
  }

  /** Whether the forwarding fields of a trusted proxy name two different callers. */
  public boolean ambiguousCaller() {
    return ambiguousCaller;
  }

  public void ambiguousCaller(boolean ambiguous) {
    ambiguousCaller = ambiguous;
  }

  /** {@code https} or {@code http}, as the caller used it. */
  public String scheme() {
    return scheme;
  }

  public void scheme(String value) {
    scheme = value;
  }

  /** The host in lower case, without port. */
  public String host() {
    return host;
  }

  public void host(String value) {
    host = value;
  }

  /** The path in its one canonical form. */
  public String path() {
    return path;
  }

  /** What comes after the question mark, as it came; null where there is none. */
  public @Nullable String query() {
    return query;
  }

  public void path(String canonicalPath, @Nullable String rawQuery) {
    path = canonicalPath;
    query = rawQuery;
  }

  public String requestId() {
    return requestId;
  }

  public void requestId(String id) {
    requestId = id;
  }

  /** The id of the trace that the request belongs to, 32 hexadecimal digits. */
  public String traceId() {
    return traceId;
  }

  public void traceId(String id) {
    traceId = id;
  }

  /** The route's name; null before the stage {@code route}, or where no route took the request. */
  public @Nullable String route() {
    return route;
  }

  public void route(String name) {
    route = name;
  }

  /** The path of the route that took the request. */
  public void routePath(PathTemplate template) {
    routePath = template;
  }

  /**
   * What the route's path captured, worked out when somebody asks; see {@link
   * PathTemplate#captured}. Null if it captures nothing of that name.
   */
  public @Nullable String captured(String name) {
    return routePath == null ? null : routePath.captured(name, path);
  }

  /** Who is calling, if a policy vouched for it. */
  public @Nullable Identity identity() {
    return identity;
  }

  public void identity(Identity who) {
    identity = who;
  }

  /** How those who guess credentials are slowed down. */
  public GuessLimit guessLimit() {
    return guessLimit;
  }

  public void guessLimit(GuessLimit limit) {
    guessLimit = limit;
  }

  /**
   * A refusal that was only reported.
   *
   * @param policy the policy's name
   * @param reason as in {@link Failure#reason}
   */
  public record WouldDeny(String policy, String reason) {}

  /** What policies in report mode would have refused. */
  public List<WouldDeny> wouldDeny() {
    return wouldDeny;
  }

  public void wouldDeny(String policy, String reason) {
    if (wouldDeny.isEmpty()) {
      wouldDeny = new ArrayList<>();
    }
    wouldDeny.add(new WouldDeny(policy, reason));
  }

  /** What a policy keeps of this request between its calls; null before it kept something. */
  public @Nullable Object state(Policy owner) {
    return states == null ? null : states.of(owner);
  }

  public void state(Policy owner, Object value) {
    if (states == null) {
      states = new PolicyStates();
    }
    states.set(owner, value);
  }

  /** Whether it is known that the request has no body; an empty one may still come if it is not. */
  public boolean bodiless() {
    return bodiless;
  }

  public void bodiless(boolean none) {
    bodiless = none;
  }

  /**
   * Somebody who looks at the body.
   *
   * @param owner whose refusal it is
   */
  public record BodyWatch(Policy owner, BodyInspector inspector) {}

  /** Has the body looked at while it passes; to be called before the policy lets the request on. */
  public void inspectBody(Policy owner, BodyInspector inspector) {
    if (bodyWatches.isEmpty()) {
      bodyWatches = new ArrayList<>();
    }
    bodyWatches.add(new BodyWatch(owner, inspector));
  }

  /** Who looks at the body. */
  public List<BodyWatch> bodyWatches() {
    return bodyWatches;
  }

  /**
   * Somebody who looks at the upstream's answer.
   *
   * @param owner whose refusal it is
   */
  public record AnswerWatch(Policy owner, AnswerInspector inspector) {}

  /** Has the upstream's answer looked at; to be called before the policy lets the request on. */
  public void inspectAnswer(Policy owner, AnswerInspector inspector) {
    if (answerWatches.isEmpty()) {
      answerWatches = new ArrayList<>();
    }
    answerWatches.add(new AnswerWatch(owner, inspector));
  }

  /** Who looks at the upstream's answer. */
  public List<AnswerWatch> answerWatches() {
    return answerWatches;
  }

  /** Whether somebody wants to know why decisions are made; live traffic does not. */
  public boolean explained() {
    return explainer != null;
  }

  /** Says something about a decision to whoever asked, without secrets. */
  public void note(Stage stage, String text) {
    if (explainer != null) {
      explainer.accept(stage, text);
    }
  }

  public void explainTo(BiConsumer<Stage, String> notes) {
    explainer = notes;
  }

  /** The number of the revision that serves this request. */
  public long revision() {
    return revision;
  }

  public void revision(long number) {
    revision = number;
  }

  /** The name of the upstream that was chosen. */
  public @Nullable String upstream() {
    return upstream;
  }

  public void upstream(String name) {
    upstream = name;
  }

  /** The endpoint that the last attempt went to, as host:port. */
  public @Nullable String endpoint() {
    return endpoint;
  }

  public void endpoint(String hostPort) {
    endpoint = hostPort;
  }

  /** The status of the answer; 0 before there is one. */
  public int status() {
    return status;
  }

  public void status(int code) {
    status = code;
  }

  public Headers responseHeaders() {
    return responseHeaders;
  }

  public void responseHeaders(Headers headers) {
    responseHeaders = headers;
  }

  /** What went wrong, if anything did. */
  public @Nullable Failure failure() {
    return failure;
  }

  public void failure(Failure value) {
    failure = value;
  }

  /** After what something else stood in for the upstream; null if nothing did. */
  public @Nullable String fallback() {
    return fallback;
  }

  /**
   * Something else stands in for the upstream.
   *
   * @param after a word of a route's {@code fallback.on}
   * @param elsewhere whether it is another upstream, whose attempts count anew
   */
  public void fellBack(String after, boolean elsewhere) {
    fallback = after;
    if (elsewhere) {
      endpoint = null;
      hedge = null;
      retries = 0;
    }
  }

  public int retries() {
    return retries;
  }

  public void retried() {
    retries++;
  }

  /** What came of a second attempt beside the first; null where there was none. */
  public @Nullable String hedge() {
    return hedge;
  }

  public void hedge(String outcome) {
    hedge = outcome;
  }

  public long startNanos() {
    return startNanos;
  }

  /** When the request began to go to an upstream. */
  public long forwardNanos() {
    return forwardNanos;
  }

  public void forwardNanos(long nanos) {
    forwardNanos = nanos;
  }

  /** When the head of the upstream's answer was there. */
  public long upstreamHeadNanos() {
    return upstreamHeadNanos;
  }

  public void upstreamHeadNanos(long nanos) {
    upstreamHeadNanos = nanos;
  }

  /** When the upstream's answer was complete. */
  public long upstreamEndNanos() {
    return upstreamEndNanos;
  }

  public void upstreamEndNanos(long nanos) {
    upstreamEndNanos = nanos;
  }

  public long endNanos() {
    return endNanos;
  }

  public void endNanos(long nanos) {
    endNanos = nanos;
  }

  /** Bytes of the request's body so far. */
  public long requestBytes() {
    return requestBytes;
  }

  public void addRequestBytes(long count) {
    requestBytes += count;
  }

  /** Bytes of the answer's body so far. */
  public long responseBytes() {
    return responseBytes;
  }

  public void addResponseBytes(long count) {
    responseBytes += count;
  }
}
