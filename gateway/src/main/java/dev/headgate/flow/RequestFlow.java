package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.mirror.RequestCopy;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.CompiledRoute;
import dev.headgate.snapshot.Fallback;
import dev.headgate.snapshot.Mirrored;
import dev.headgate.upstream.UpstreamRequest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request, from its head to its line in the log. {@link Decisions} takes it
 * through the stages that need no I/O; from {@code forward} on it is told here, in order, with what
 * can fail beside each. {@link Forwarding} does the work between client and upstream.
 *
 * <p>After {@link #start} everything comes as calls: from the client's carrier (the request's
 * body), from the upstream (the answer), or from a timer. Whatever happens, {@link #record} runs
 * once, and after it no call does anything.
 */
@LoopConfined
public final class RequestFlow {
  private final Serving serving;
  private final Exchange exchange;
  private final ClientStream client;
  private final Decisions decisions;

  private @Nullable RequestTimeout requestTimeout;
  private @Nullable PolicyWait waiting;
  private @Nullable Forwarding forwarding;
  private @Nullable KeptBody kept;
  private @Nullable RequestCopy copy;
  private long bodyLimit;

  private boolean requestComplete;
  private boolean answered;
  private boolean done;

  /** Whether the carrier is delivering what it has read, and will say when it is time to flush. */
  private boolean delivering;

  public RequestFlow(Serving serving, Exchange exchange, ClientStream client) {
    this.serving = serving;
    this.exchange = exchange;
    this.client = client;
    this.decisions = new Decisions(serving.snapshot(), exchange, serving.policies());
  }

  /**
   * Takes the request through the stages up to its forwarding.
   *
   * @param end whether the request has neither body nor trailers
   */
  public void start(boolean end) {
    requestComplete = end;
    exchange.bodiless(end);
    delivering = true;
    serving.recorder().requestStarted();
    serving.recorder().identify(exchange, exchange.trustedPeer());
    proceed(decisions.decide());
  }

  /** Does what the stages up to {@code forward} have decided, or waits until they have. */
  private void proceed(Decision decision) {
    if (done) {
      return;
    }
    switch (decision) {
      case Decision.Continue _ -> act(decisions.route());
      case Decision.Respond own -> answer(own.status(), exchange.responseHeaders(), own.body());
      case Decision.Fail(Failure failure, var own) -> fail(failure, own);
      case Decision.Await await -> {
        boundTime();
        waiting =
            PolicyWait.on(
                serving.loop(),
                await,
                decisions.overdue(),
                decided -> {
                  waiting = null;
                  proceed(decisions.resume(decided));
                });
      }
      case Decision.TakeBody take ->
          readBody(
              BodyInspector.ANY,
              take.most(),
              read ->
                  proceed(
                      read instanceof Decision.Fail
                          ? read
                          : decisions.taken(take, Objects.requireNonNull(kept).copy())));
      case Decision.AwaitBody wanted ->
          readBody(wanted.reader(), wanted.most(), read -> proceed(decisions.resume(read)));
    }
  }

  /** Reads the body for a policy that decides by it, or answers it. */
  private void readBody(BodyInspector reader, long most, Consumer<Decision> then) {
    boundTime();
    bodyLimit = decisions.route().bodyLimit();
    KeptBody body = kept;
    if (body == null) {
      boolean none = requestComplete || exchange.webSocket();
      body = new KeptBody(serving.loop(), exchange, client, none);
      kept = body;
    }
    body.show(reader, most, then);
  }

  Decisions decisions() {
    return decisions;
  }

  boolean keepsBody() {
    return kept != null;
  }

  /** Starts the bound on the whole request, once its route is known. */
  private void boundTime() {
    if (requestTimeout == null) {
      requestTimeout =
          RequestTimeout.arm(
              serving.loop(),
              decisions.callerDeadline(),
              decisions.route().timeoutNanos(),
              this::fail);
    }
  }

  /** Answers a request that could not be read, and records it. */
  public void refuse(Failure failure) {
    requestComplete = true;
    serving.recorder().requestStarted();
    serving.recorder().identify(exchange, exchange.trustedPeer());
    fail(failure);
  }

  private void act(CompiledRoute route) {
    bodyLimit = route.bodyLimit();
    boundTime();
    switch (route.action()) {
      case Action.Forward forward ->
          forward(decisions.target(forward, ThreadLocalRandom.current()));
      case Action.Redirect redirect -> {
        Headers headers = exchange.responseHeaders();
        headers.add(HeaderName.LOCATION, decisions.location(redirect));
        answer(redirect.status(), headers, Refusal.NO_BODY);
      }
      case Action.Respond respond -> respond(respond);
    }
  }

  private void respond(Action.Respond respond) {
    Headers headers = exchange.responseHeaders();
    respond.headers().apply(headers);
    answer(respond.status(), headers, respond.body());
  }

  // forward: a connection, the request, and what is left of its body

  private void forward(Action.NamedUpstream upstream) {
    BodyInspection inspecting = BodyInspection.of(exchange, decisions);
    boolean bodiless = requestComplete && kept == null;
    Failure refused = inspecting == null || !bodiless ? null : inspecting.end();
    if (refused != null) {
      fail(refused);
    } else {
      send(upstream, bodiless, inspecting);
    }
  }

  private void send(
      Action.NamedUpstream upstream, boolean bodiless, @Nullable BodyInspection inspecting) {
    exchange.upstream(upstream.name());
    exchange.forwardNanos(serving.loop().nanos());
    UpstreamRequest request = decisions.upstreamRequest(upstream);
    if (forwarding == null) { // What stands in gets no copy of its own.
      copy(request);
    }
    ClientStream taker =
        copy != null && copy.compares() ? new MirroredClient(client, copy) : client;
    Forwarding to =
        new Forwarding(this, serving.loop(), taker, exchange, serving.pool(upstream), request);
    forwarding = to;
    to.begin(bodiless, inspecting, requestTimeout);
  }

  /** Copies the request if the route mirrors it: what there is of it, and later what comes. */
  private void copy(UpstreamRequest request) {
    Mirrored mirrored = decisions.route().mirrored();
    if (mirrored != null) {
      copy = serving.mirrors().copy(mirrored, exchange, request);
      if (copy != null && kept != null) {
        copy.data(Unpooled.wrappedBuffer(kept.copy()));
      }
      if (copy != null && requestComplete) {
        copy.end(kept == null ? null : kept.trailers());
      }
    }
  }

  /** What was kept of the body, now the taker's; null if nothing was, or it has been taken. */
  @Nullable KeptBody takeKept() {
    KeptBody body = kept;
    kept = null;
    return body;
  }

  /** Another attempt if the upstream may not have seen the request, else the end. */
  void forwardFailed(Forwarding to, Failure failure) {
    if (done) {
      return;
    }
    RequestTimeout bound = requestTimeout;
    if (bound != null && bound.passed()) {
      fail(bound.failure());
    } else if (!to.again(failure) && !fallBack(to, Fallback.word(failure))) {
      fail(failure);
    }
  }

  /**
   * Whether something else stands in for the upstream, and if so lets it.
   *
   * @param after a failure or a status, as users write it under {@code on}
   */
  boolean fallBack(Forwarding from, String after) {
    Fallback instead = decisions.fallback(after);
    Action.NamedUpstream other = instead == null ? null : instead.to();
    if (instead == null || (other != null && !from.unsent())) {
      return false;
    }
    serving.recorder().fellBack(exchange, after, other != null);
    BodyInspection looking = from.giveWay();
    boolean bodiless = requestComplete && kept == null;
    if (looking != null && (other == null || bodiless)) {
      looking.close();
    }
    if (other != null) {
      send(other, bodiless, looking);
    } else if (instead.respond() != null) {
      respond(instead.respond());
    }
    return true;
  }

  /** A piece of the request's body; takes over the buffer. */
  public void requestData(ByteBuf data) {
    exchange.addRequestBytes(data.readableBytes());
    if (copy != null) {
      copy.data(data);
    }
    Forwarding to = forwarding;
    KeptBody body = kept;
    if (done || (to == null && body == null)) {
      data.release();
    } else if (exchange.requestBytes() > bodyLimit) {
      data.release();
      fail(
          Failure.client(
              Stage.FORWARD, 413, "body.too_large", "a body of more than " + bodyLimit + " bytes"));
    } else if (body != null) {
      delivering = true;
      body.add(data);
    } else if (to != null) {
      delivering = true;
      to.requestData(data);
    }
  }

  /** The request is complete. */
  public void requestEnd(@Nullable Headers trailers) {
    requestComplete = true;
    if (copy != null) {
      copy.end(trailers);
    }
    Forwarding to = forwarding;
    KeptBody body = kept;
    if (!done && body != null) {
      delivering = true;
      body.end(trailers);
    } else if (!done && to != null) {
      delivering = true;
      to.requestEnd(trailers);
    }
  }

  /** What the client sent at once has all been delivered: time to flush. */
  public void clientReadComplete() {
    delivering = false;
    Forwarding to = forwarding;
    if (to != null) {
      to.flush();
    }
  }

  boolean delivering() {
    return delivering;
  }

  // respond: the answer, from the upstream or the gateway itself

  /** The head of the upstream's answer. */
  void respond(int status, Headers headers, boolean end) {
    answered = true;
    exchange.status(status);
    if (copy != null) {
      copy.answered(status, headers);
    }
    decisions.respond(headers);
    if (end) {
      record();
    }
    client.head(status, headers, end);
  }

  /** The upstream's answer is complete. */
  void respondEnd(@Nullable Headers trailers) {
    if (!done) {
      record();
      client.end(trailers);
    }
  }

  /** The upstream agreed to a WebSocket. */
  void tunnel(Headers headers) {
    answered = true;
    bodyLimit = Long.MAX_VALUE;
    exchange.status(101);
    decisions.respond(headers);
    client.tunnel(headers);
    client.flush();
  }

  /** Whether the client takes more of the answer. */
  public void clientWritable(boolean writable) {
    Forwarding from = forwarding;
    if (from != null) {
      from.clientWritable(writable);
    }
  }

  /** Answers by itself. */
  private void answer(int status, Headers headers, byte[] body) {
    answered = true;
    exchange.status(status);
    boolean bodiless = body.length == 0 || exchange.method().equals("HEAD");
    headers.set(HeaderName.DATE, serving.date());
    if (status != 204) { // RFC 9110 section 8.6
      headers.set(HeaderName.CONTENT_LENGTH, Integer.toString(body.length));
    }
    decisions.respond(headers);
    if (!bodiless) {
      exchange.addResponseBytes(body.length);
    }
    record();
    client.head(status, headers, bodiless);
    if (!bodiless) {
      client.data(Unpooled.wrappedBuffer(body));
      client.end(null);
    }
    if (!delivering) {
      client.flush();
    }
  }

  /**
   * Ends the request with a failure: as an answer if there was none yet, else by breaking off. The
   * carrier calls this when the request's body breaks the rules or stops coming.
   */
  public void fail(Failure failure) {
    fail(failure, null);
  }

  private void fail(Failure failure, Decision.@Nullable OwnAnswer own) {
    if (done) {
      return;
    }
    exchange.failure(failure);
    if (forwarding != null && failure.reason().equals(RequestTimeout.ROUTE)) {
      forwarding.overdue(failure);
    }
    letGo();
    if (answered) {
      record();
      client.abort();
    } else {
      Refusal refusal = Refusal.of(exchange, failure, own);
      Headers headers = exchange.responseHeaders();
      decisions.explain(failure, headers);
      if (forwarding != null) {
        forwarding.explain(failure, headers);
      }
      answer(refusal.status(), headers, refusal.body());
    }
  }

  /**
   * The client is gone: nothing can be sent to it any more.
   *
   * @param reason such as {@code client.reset}
   */
  public void clientGone(String reason) {
    if (!done) {
      Forwarding under = forwarding;
      if (under == null || !under.tunnelled()) {
        exchange.failure(Failure.client(Stage.RESPOND, 499, reason, "the client went away"));
      }
      if (exchange.status() == 0) {
        exchange.status(499);
      }
      letGo();
      record();
    }
  }

  private void letGo() {
    Forwarding under = forwarding;
    if (under != null) {
      under.cancel();
    }
    if (waiting != null) {
      waiting.cancel();
      waiting = null;
    }
  }

  // record: once, at the end

  private void record() {
    done = true;
    if (kept != null) {
      kept.close();
    }
    if (copy != null) {
      copy.requestEnded(exchange.upstreamEndNanos() != 0 && exchange.failure() == null);
      copy = null;
    }
    if (forwarding != null) {
      forwarding.close();
    }
    if (requestTimeout != null) {
      serving.loop().cancel(requestTimeout);
    }
    exchange.endNanos(serving.loop().nanos());
    serving.recorder().record(exchange);
    decisions.end();
  }
}
