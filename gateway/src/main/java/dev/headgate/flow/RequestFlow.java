package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.snapshot.Action;
import dev.headgate.snapshot.CompiledRoute;
import dev.headgate.upstream.Attempt;
import dev.headgate.upstream.UpstreamListener;
import dev.headgate.upstream.UpstreamPool;
import dev.headgate.upstream.UpstreamRequest;
import dev.headgate.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What happens to a request, from its head to its line in the log. {@link Decisions} takes it
 * through the stages that need no I/O; from {@code forward} on it is told here, in order, with what
 * can fail beside each.
 *
 * <p>After {@link #start} everything comes as calls: from the client's carrier (the request's
 * body), from the upstream (the answer), or from a timer. Whatever happens, {@link #record} runs
 * once, and after it no call does anything.
 */
@LoopConfined
public final class RequestFlow implements UpstreamListener {
  private final Serving serving;
  private final Exchange exchange;
  private final ClientStream client;
  private final Decisions decisions;
  private final Deadline upstreamTimeout = new UpstreamTimeout();
  private @Nullable RequestTimeout requestTimeout;

  private @Nullable UpstreamPool pool;
  private @Nullable Attempt attempt;
  private @Nullable UpstreamStream stream;
  private long bodyLimit;

  private boolean requestComplete;
  private boolean answered;
  private boolean tunnel;
  private boolean done;

  /** Whether the carrier is delivering what it has read, and will say when it is time to flush. */
  private boolean delivering;

  public RequestFlow(Serving serving, Exchange exchange, ClientStream client) {
    this.serving = serving;
    this.exchange = exchange;
    this.client = client;
    this.decisions = new Decisions(serving.snapshot(), exchange);
  }

  /**
   * Takes the request through the stages up to its forwarding.
   *
   * @param end whether the request has neither body nor trailers
   */
  public void start(boolean end) {
    requestComplete = end;
    delivering = true;
    serving.recorder().requestStarted();
    serving.recorder().identify(exchange, exchange.trustedPeer());
    Failure failure = decisions.decide();
    if (failure == null) {
      act(decisions.route());
    } else {
      fail(failure);
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
    requestTimeout =
        RequestTimeout.arm(serving.loop(), exchange, decisions.timeoutNanos(), this::fail);
    switch (route.action()) {
      case Action.Forward forward -> forward(forward.choose(ThreadLocalRandom.current()));
      case Action.Redirect redirect -> {
        Headers headers = exchange.responseHeaders();
        headers.add(HeaderName.LOCATION, decisions.location(redirect));
        answer(redirect.status(), headers, Refusal.NO_BODY);
      }
      case Action.Respond respond -> {
        Headers headers = exchange.responseHeaders();
        respond.headers().apply(headers);
        answer(respond.status(), headers, respond.body());
      }
    }
  }

  // forward: a connection, the request, and what is left of its body

  private void forward(Action.NamedUpstream upstream) {
    exchange.upstream(upstream.name());
    exchange.forwardNanos(serving.loop().nanos());
    UpstreamPool chosen = serving.pool(upstream);
    pool = chosen;
    attempt = chosen.open(this, null);
  }

  @Override
  public void connected(UpstreamStream opened) {
    attempt = null;
    stream = opened;
    exchange.endpoint(opened.endpoint());
    opened.head(
        new UpstreamRequest(
            exchange.method(),
            exchange.scheme(),
            exchange.authority(),
            decisions.upstreamTarget(),
            exchange.requestHeaders(),
            exchange.webSocket()),
        requestComplete);
    waitForUpstream();
    if (!requestComplete && !exchange.webSocket()) {
      client.demand(true);
    }
    if (!delivering) {
      opened.flush();
    }
  }

  /** A piece of the request's body; takes over the buffer. */
  public void requestData(ByteBuf data) {
    UpstreamStream to = stream;
    exchange.addRequestBytes(data.readableBytes());
    if (done || to == null) {
      data.release();
    } else if (!tunnel && exchange.requestBytes() > bodyLimit) {
      data.release();
      fail(
          Failure.client(
              Stage.FORWARD, 413, "body.too_large", "a body of more than " + bodyLimit + " bytes"));
    } else {
      delivering = true;
      to.data(data);
      waitForUpstream();
      if (!to.writable()) {
        client.demand(false);
      }
    }
  }

  /** The request is complete. */
  public void requestEnd(@Nullable Headers trailers) {
    requestComplete = true;
    UpstreamStream to = stream;
    if (!done && to != null) {
      delivering = true;
      to.end(trailers);
      waitForUpstream();
    }
  }

  /** What the client sent at once has all been delivered: time to flush. */
  public void clientReadComplete() {
    delivering = false;
    UpstreamStream to = stream;
    if (to != null) {
      to.flush();
    }
  }

  @Override
  public void upstreamWritable(boolean writable) {
    if (!requestComplete) {
      client.demand(writable);
    }
  }

  /** Bounds the time until something more comes from the upstream. */
  private void waitForUpstream() {
    UpstreamPool from = pool;
    if (from != null && !tunnel) {
      serving
          .loop()
          .arm(
              upstreamTimeout,
              answered || !requestComplete ? from.idleNanos() : from.responseNanos());
    }
  }

  @Override
  public void failed(Failure failure) {
    attempt = null;
    stream = null;
    serving.loop().cancel(upstreamTimeout);
    if (done) {
      return;
    }
    RequestTimeout bound = requestTimeout;
    if (bound != null && bound.passed()) {
      fail(bound.failure());
      return;
    }
    UpstreamPool from = pool;
    boolean untouched = exchange.requestBytes() == 0 && !answered && !exchange.webSocket();
    if (failure.retryable() && untouched && exchange.retries() == 0 && from != null) {
      exchange.retried();
      attempt = from.open(this, exchange.endpoint());
    } else {
      fail(failure);
    }
  }

  // respond: the answer, from the upstream or the gateway itself

  @Override
  public void informational(int status, Headers headers) {
    client.informational(status, headers);
    client.flush();
  }

  @Override
  public void responseHead(int status, Headers headers, boolean end) {
    answered = true;
    exchange.status(status);
    exchange.upstreamHeadNanos(serving.loop().nanos());
    decisions.respond(headers);
    exchange.responseHeaders(headers);
    if (end) {
      stream = null;
      exchange.upstreamEndNanos(exchange.upstreamHeadNanos());
      record();
      client.head(status, headers, true);
    } else {
      client.head(status, headers, false);
      waitForUpstream();
    }
  }

  @Override
  public void responseData(ByteBuf data) {
    UpstreamStream from = stream;
    if (done || from == null) {
      data.release();
      return;
    }
    exchange.addResponseBytes(data.readableBytes());
    client.data(data);
    if (client.writable()) {
      waitForUpstream();
    } else {
      // It is the client that is waited for now; its connection has a timer of its own.
      serving.loop().cancel(upstreamTimeout);
      from.demand(false);
    }
  }

  @Override
  public void responseEnd(@Nullable Headers trailers) {
    if (!done) {
      stream = null;
      exchange.upstreamEndNanos(serving.loop().nanos());
      record();
      client.end(trailers);
    }
  }

  @Override
  public void upstreamReadComplete() {
    client.flush();
  }

  @Override
  public void tunnelled(Headers headers) {
    answered = true;
    tunnel = true;
    serving.loop().cancel(upstreamTimeout);
    exchange.status(101);
    exchange.upstreamHeadNanos(serving.loop().nanos());
    decisions.respond(headers);
    client.tunnel(headers);
    client.flush();
    client.demand(true);
  }

  /** Whether the client takes more of the answer. */
  public void clientWritable(boolean writable) {
    UpstreamStream from = stream;
    if (from != null && answered) {
      from.demand(writable);
      if (writable) {
        waitForUpstream();
      }
    }
  }

  /** Answers by itself. */
  private void answer(int status, Headers headers, byte[] body) {
    answered = true;
    exchange.status(status);
    boolean bodiless = body.length == 0 || exchange.method().equals("HEAD");
    headers.set(HeaderName.DATE, serving.date());
    headers.set(HeaderName.CONTENT_LENGTH, Integer.toString(body.length));
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
    if (done) {
      return;
    }
    exchange.failure(failure);
    letGo();
    if (answered) {
      record();
      client.abort();
    } else {
      Refusal refusal = Refusal.of(exchange, failure);
      Headers headers = exchange.responseHeaders();
      decisions.explain(failure, headers);
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
      if (!tunnel) {
        exchange.failure(Failure.client(Stage.RESPOND, 499, reason, "the client went away"));
      }
      if (exchange.status() == 0) {
        exchange.status(499);
      }
      letGo();
      record();
    }
  }

  /** Gives up what is under way towards an upstream. */
  private void letGo() {
    Attempt waiting = attempt;
    UpstreamStream open = stream;
    attempt = null;
    stream = null;
    if (waiting != null) {
      waiting.cancel();
    }
    if (open != null) {
      open.cancel();
    }
  }

  // record: once, at the end

  private void record() {
    done = true;
    serving.loop().cancel(upstreamTimeout);
    if (requestTimeout != null) {
      serving.loop().cancel(requestTimeout);
    }
    exchange.endNanos(serving.loop().nanos());
    serving.recorder().record(exchange);
  }

  private final class UpstreamTimeout extends Deadline {
    @Override
    protected void expired() {
      fail(
          Failure.upstream(
              false, 504, "upstream.timeout", exchange.endpoint() + " did not answer in time"));
    }
  }
}
