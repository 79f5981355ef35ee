package dev.headgate.mirror;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Route;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.snapshot.Mirrored;
import dev.headgate.upstream.Tried;
import dev.headgate.upstream.UpstreamPool;
import dev.headgate.upstream.UpstreamRequest;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is held of one request for another upstream. It is gathered while the request passes, and
 * sent when the route's own upstream has answered: by then all that looks at the body has let it
 * through, the client has its answer before the copy costs anything, and there is a status to
 * compare with.
 */
@LoopConfined
public final class RequestCopy {
  private static final HeaderName MIRRORED = HeaderName.of("x-mirrored");
  private static final int LONGEST_PATH = 256;

  private final Mirrors mirrors;
  private final Route.Mirror rules;
  private final UpstreamPool pool;
  private final UpstreamRequest request;
  private final Tried tried = new Tried();
  private final String route;
  private final String what;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private long held;
  private int status;
  private @Nullable AnswerComparison comparison;
  private boolean complete;

  /** Whether nothing of the request matters any more: it was sent, or never will be. */
  private boolean closed;

  RequestCopy(
      Mirrors mirrors,
      Mirrored mirrored,
      Exchange exchange,
      UpstreamRequest original,
      UpstreamPool pool) {
    this.mirrors = mirrors;
    this.rules = mirrored.rules();
    this.pool = pool;
    this.route = Objects.requireNonNull(exchange.route());
    String path = exchange.path();
    this.what =
        exchange.method()
            + ' '
            + (path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + '…' : path);
    this.held = original.headers().length();
    Headers headers = new Headers();
    headers.addAll(original.headers());
    headers.remove(HeaderName.EXPECT);
    headers.set(MIRRORED, "true");
    this.request =
        new UpstreamRequest(
            original.method(),
            original.scheme(),
            mirrored.to().config().host().of(exchange.authority()),
            original.target(),
            headers,
            false);
    pool.requested(exchange, tried);
  }

  /** Copies a piece of the body; the buffer stays as it is. */
  public void data(ByteBuf piece) {
    int length = piece.readableBytes();
    if (closed || length == 0) {
      return;
    }
    if (body.size() + length > rules.body().bytes()) {
      drop(Outcome.BODY);
    } else if (!mirrors.hold(length)) {
      drop(Outcome.MEMORY);
    } else {
      held += length;
      try {
        piece.getBytes(piece.readerIndex(), body, length);
      } catch (IOException e) {
        throw new UncheckedIOException("an array takes everything", e);
      }
    }
  }

  /** The request is complete. */
  public void end(@Nullable Headers trailers) {
    complete = true;
    if (trailers != null && !trailers.isEmpty()) {
      drop(Outcome.BODY);
    }
  }

  /** Whether it wants to see the body of the answer. */
  public boolean compares() {
    return rules.compare() == Route.Mirror.Comparison.JSON;
  }

  /** The route's own upstream has answered. */
  public void answered(int code, Headers answer) {
    if (closed) {
      return;
    }
    if (!complete) {
      drop(Outcome.INCOMPLETE);
      return;
    }
    closed = true;
    status = code;
    if (compares()) {
      AnswerComparison made = new AnswerComparison(mirrors, this);
      comparison = made;
      if (!AnswerComparison.takes(answer)) {
        made.giveUp();
      }
    }
    // The client gets its answer first.
    mirrors.loop().execute(() -> new MirrorAttempt(mirrors, this).begin());
  }

  /** A piece of the body of the answer; the buffer stays as it is. */
  public void answerData(ByteBuf piece) {
    if (comparison != null) {
      comparison.own(piece);
    }
  }

  /**
   * The request has ended.
   *
   * @param whole whether the answer of the route's own upstream came whole
   */
  public void requestEnded(boolean whole) {
    drop(Outcome.INCOMPLETE);
    AnswerComparison compared = comparison;
    if (compared != null && whole) {
      compared.ownWhole();
    } else if (compared != null) {
      compared.giveUp();
    }
  }

  @Nullable AnswerComparison comparison() {
    return comparison;
  }

  private void drop(Outcome why) {
    if (!closed) {
      closed = true;
      over(why);
    }
  }

  /** Gives back what is held. */
  void over(Outcome outcome) {
    body.reset();
    mirrors.over(route, outcome, held);
    held = 0;
  }

  String route() {
    return route;
  }

  /** Method and path. */
  String what() {
    return what;
  }

  /** What the route's own upstream answered with. */
  int status() {
    return status;
  }

  Route.Mirror rules() {
    return rules;
  }

  UpstreamPool pool() {
    return pool;
  }

  UpstreamRequest request() {
    return request;
  }

  Tried tried() {
    return tried;
  }

  byte[] body() {
    return body.toByteArray();
  }
}
