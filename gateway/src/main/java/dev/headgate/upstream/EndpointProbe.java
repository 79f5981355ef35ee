package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Upstream;
import dev.headgate.config.UpstreamHost;
import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Callouts.Terms;
import dev.headgate.exchange.Failure;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.snapshot.Action;
import io.netty.buffer.ByteBuf;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Asks one endpoint whether it is well, over a connection of its own: what waits for the
 * connections of requests says nothing about the endpoint.
 */
@LoopConfined
public final class EndpointProbe {
  /** What is read of an answer; nobody looks at it. */
  private static final int MOST = 64 * 1024;

  private static final Duration IDLE = Duration.ofSeconds(60);

  private final LoopIo io;
  private final NameResolver names;
  private final Action.NamedUpstream upstream;
  private final Upstream.HealthCheck check;
  private final UpstreamHealth alone;
  private final @Nullable Callout question;
  private @Nullable UpstreamPool pool;

  /** Who is told what came of it. */
  public interface Listener {
    /**
     * @param problem why the endpoint is not well; null if it is
     */
    void probed(@Nullable String problem);
  }

  public EndpointProbe(
      LoopIo io,
      NameResolver names,
      Action.NamedUpstream upstream,
      Upstream.Endpoint endpoint,
      Upstream.HealthCheck check) {
    this.io = io;
    this.names = names;
    this.upstream = upstream;
    this.check = check;
    Upstream one =
        OneEndpoint.of(
            endpoint,
            upstream.config().protocol(),
            new Upstream.Timeouts(check.timeout(), check.timeout(), IDLE, IDLE),
            new Upstream.Connections(1, 1),
            upstream.config().tls());
    this.alone = new UpstreamHealth(upstream.name(), one);
    this.question = question(endpoint);
  }

  /** Null where a connection is enough. */
  private @Nullable Callout question(Upstream.Endpoint endpoint) {
    String path = check.path();
    if (!check.grpc() && path == null) {
      return null;
    }
    String target = path == null ? GrpcHealth.PATH : path;
    String scheme = endpoint.url().getScheme().toLowerCase(Locale.ROOT);
    Headers headers = new Headers();
    headers.add(HeaderName.USER_AGENT, "headgate-health-check");
    if (check.grpc()) {
      headers.add(HeaderName.CONTENT_TYPE, "application/grpc");
      headers.add(HeaderName.TE, "trailers");
    }
    return new Callout(
        check.grpc() ? "POST" : check.method(),
        URI.create(scheme + "://" + host(endpoint)),
        target,
        headers,
        check.grpc() ? GrpcHealth.question(check.service()) : new byte[0],
        new Terms(
            upstream.name(),
            check.timeout(),
            MOST,
            upstream.config().protocol(),
            upstream.config().tls()));
  }

  private String host(Upstream.Endpoint endpoint) {
    if (check.host() != null) {
      return check.host();
    }
    return upstream.config().host() instanceof UpstreamHost.Literal literal
        ? literal.text()
        : EndpointAddress.of(endpoint).authority();
  }

  /** Asks. The last time must be over. */
  public void ask(Listener listener) {
    if (question == null) {
      connect(listener);
    } else {
      UpstreamPool own = pool == null ? open() : pool;
      pool = own;
      new CalloutAttempt(io.loop(), question, answer -> listener.probed(problem(answer)))
          .begin(own);
    }
  }

  private UpstreamPool open() {
    return new UpstreamPool(
        new Connector(io, names, upstream.tls()), alone, null, 1, PoolObserver.NOBODY);
  }

  private @Nullable String problem(Answer answer) {
    return switch (answer) {
      case Answer.Failed(String why) -> why;
      case Answer.Answered answered when check.grpc() -> GrpcHealth.problem(answered);
      case Answer.Answered answered ->
          check.expects(answered.status()) ? null : "status " + answered.status();
    };
  }

  /** Makes a connection and closes it, so that there is a new one each time. */
  private void connect(Listener listener) {
    UpstreamPool once = open();
    once.open(
        new Connected() {
          @Override
          public void connected(UpstreamStream stream) {
            stream.cancel();
            once.retire();
            listener.probed(null);
          }

          @Override
          public void failed(Failure failure) {
            once.retire();
            listener.probed(failure.detail());
          }
        },
        new Tried());
  }

  /** Lets the connection go. */
  public void close() {
    if (pool != null) {
      pool.retire();
    }
  }

  /** Hears of the connection only, as nothing is sent on it. */
  private abstract static class Connected implements UpstreamListener {
    @Override
    public void informational(int status, Headers headers) {}

    @Override
    public void responseHead(int status, Headers headers, boolean end) {}

    @Override
    public void tunnelled(Headers headers) {}

    @Override
    public void responseData(ByteBuf data) {
      data.release();
    }

    @Override
    public void responseEnd(@Nullable Headers trailers) {}

    @Override
    public void upstreamReadComplete() {}

    @Override
    public void upstreamWritable(boolean writable) {}
  }
}
