package dev.headgate.policy.extauthz;

import dev.headgate.callout.Answers.Keep;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.callout.DecisionCache;
import dev.headgate.callout.DecisionPoint;
import dev.headgate.callout.Known.Worth;
import dev.headgate.callout.Masked;
import dev.headgate.callout.Verdict;
import dev.headgate.callout.Verdict.Change;
import dev.headgate.callout.Verdict.How;
import dev.headgate.exchange.Callouts.Answer.Answered;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Callouts.Terms;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringJoiner;

/** A service that decides by the status of its answer. */
final class HttpService implements DecisionPoint {
  private static final HeaderName X_FORWARDED_METHOD = HeaderName.of("x-forwarded-method");
  private static final HeaderName X_FORWARDED_URI = HeaderName.of("x-forwarded-uri");
  private static final HeaderName X_ORIGINAL_METHOD = HeaderName.of("x-original-method");
  private static final HeaderName X_ORIGINAL_URL = HeaderName.of("x-original-url");
  private static final HeaderName SET_COOKIE = HeaderName.of("set-cookie");
  private static final HeaderName CACHE_CONTROL = HeaderName.of("cache-control");

  /** Fields about a body that is not sent, or that would change how the service answers. */
  private static final Set<String> NEVER_SENT =
      Set.of(
          "host",
          "connection",
          "upgrade",
          "te",
          "trailer",
          "expect",
          "transfer-encoding",
          "content-length",
          "content-encoding",
          "content-range",
          "accept-encoding",
          "range",
          "if-match",
          "if-none-match",
          "if-modified-since",
          "if-unmodified-since",
          "if-range",
          "forwarded",
          "x-real-ip",
          "x-forwarded-port");

  private static final List<HeaderName> ALWAYS_SENT =
      List.of(HeaderName.X_REQUEST_ID, HeaderName.TRACEPARENT, HeaderName.TRACESTATE);

  /** Fields about the body of a refusal. */
  private static final List<HeaderName> OF_BODY =
      List.of(
          HeaderName.CONTENT_TYPE,
          HeaderName.of("content-encoding"),
          HeaderName.of("content-language"));

  private final ExtAuthz config;
  private final String base;
  private final Terms terms;
  private final IdentityHeaders identity;
  private final List<HeaderName> send;
  private final List<HeaderName> toUpstream;
  private final List<HeaderName> toClient;
  private final List<HeaderName> refusal;

  HttpService(ExtAuthz config, Terms terms, IdentityHeaders identity) {
    this.config = config;
    this.base = Callout.target(config.url());
    this.terms = terms;
    this.identity = identity;
    this.send = config.send().stream().map(HeaderName::of).toList();
    this.toUpstream = config.toUpstream().stream().map(HeaderName::of).toList();
    this.toClient = config.toClient().stream().map(HeaderName::of).toList();
    this.refusal = config.refusal().stream().map(HeaderName::of).toList();
  }

  @Override
  public Callout question(Exchange exchange) {
    String method =
        switch (config.method()) {
          case GET -> "GET";
          case SAME -> exchange.method();
        };
    String query = exchange.query();
    String target = query == null ? exchange.path() : exchange.path() + "?" + query;
    String asked =
        switch (config.path()) {
          case FIXED -> base;
          case APPEND ->
              target.startsWith("/") && base.endsWith("/")
                  ? base + target.substring(1)
                  : base + target;
        };
    return new Callout(method, config.url(), asked, fields(exchange, target), new byte[0], terms);
  }

  private Headers fields(Exchange exchange, String target) {
    Headers fields = new Headers();
    Headers came = exchange.requestHeaders();
    if (send.isEmpty()) {
      came.forEach((name, value) -> {
        if (!NEVER_SENT.contains(name.toLowerCase(Locale.ROOT))) {
          fields.add(name, value);
        }
      });
    } else {
      send.forEach(name -> copy(name, came, fields));
      ALWAYS_SENT.stream()
          .filter(name -> !fields.has(name))
          .forEach(name -> copy(name, came, fields));
    }
    fields.set(X_FORWARDED_METHOD, exchange.method());
    fields.set(HeaderName.X_FORWARDED_PROTO, exchange.scheme());
    fields.set(HeaderName.X_FORWARDED_HOST, exchange.authority());
    fields.set(X_FORWARDED_URI, target);
    fields.set(HeaderName.X_FORWARDED_FOR, exchange.clientAddress());
    fields.set(X_ORIGINAL_METHOD, exchange.method());
    fields.set(X_ORIGINAL_URL, exchange.scheme() + "://" + exchange.authority() + target);
    config.identity().keySet().forEach(name -> fields.remove(HeaderName.of(name)));
    Identity who = exchange.identity();
    if (who != null) {
      identity.write(who, fields);
    }
    return fields;
  }

  private static void copy(HeaderName name, Headers from, Headers to) {
    from.all(name).forEach(value -> to.add(name, value));
  }

  @Override
  public String shown(Exchange exchange, Callout question) {
    StringJoiner fields = new StringJoiner(", ", " (", ")");
    question
        .headers()
        .forEach((name, value) -> fields.add(name + ": " + Masked.value(name, value)));
    return question.method()
        + " "
        + Masked.target(question.target())
        + " of "
        + question.url().getRawAuthority()
        + fields;
  }

  @Override
  public Reply<Verdict> verdict(Answered answer) {
    int status = answer.status();
    if (status >= 500 || status < 200) {
      return new Reply.Failed<>("an answer with status " + status);
    }
    if (status < 300) {
      List<Change> upstream = changes(toUpstream, answer, How.SET);
      List<Change> client = changes(toClient, answer, How.ADD);
      Verdict allowed =
          upstream.isEmpty() && client.isEmpty()
              ? Verdict.Allowed.AS_IT_IS
              : new Verdict.Allowed(upstream, client);
      return new Reply.Told<>(allowed, keep(answer, toClient, Worth.MUCH));
    }
    Headers fields = new Headers();
    refusal.forEach(name -> copy(name, answer.headers(), fields));
    OF_BODY.stream()
        .filter(name -> !fields.has(name))
        .forEach(name -> copy(name, answer.headers(), fields));
    return new Reply.Told<>(
        new Verdict.Refused(
            "denied", status, fields, answer.body(), "the service answers with status " + status),
        keep(answer, refusal, Worth.LITTLE));
  }

  private static List<Change> changes(List<HeaderName> names, Answered answer, How first) {
    List<Change> changes = new ArrayList<>();
    for (HeaderName name : names) {
      How how = first;
      for (String value : answer.headers().all(name)) {
        changes.add(new Change(name, value, how));
        how = How.ADD;
      }
    }
    return changes;
  }

  /** What is meant for one client is not kept for others. */
  private Keep keep(Answered answer, List<HeaderName> passedOn, Worth worth) {
    DecisionCache cache = config.cache();
    boolean cookie = passedOn.contains(SET_COOKIE) && answer.headers().has(SET_COOKIE);
    boolean once =
        answer.headers().all(CACHE_CONTROL).stream()
            .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("no-store"));
    return cache == null || cookie || once ? Keep.NOT : Keep.just(cache.time(), worth);
  }
}
