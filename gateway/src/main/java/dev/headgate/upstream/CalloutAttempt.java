package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Callouts.Listener;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One request of a policy and its answer, gathered up to its bound. */
@LoopConfined
final class CalloutAttempt extends Deadline implements UpstreamListener {
  private final Loop loop;
  private final Callout callout;
  private final Listener listener;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  private final Tried tried = new Tried();

  private @Nullable Pending attempt;
  private @Nullable UpstreamStream stream;
  private @Nullable UpstreamPool pool;
  private @Nullable Headers headers;
  private int status;
  private boolean retried;
  private boolean done;

  CalloutAttempt(Loop loop, Callout callout, Listener listener) {
    this.loop = loop;
    this.callout = callout;
    this.listener = listener;
  }

  void begin(UpstreamPool from) {
    pool = from;
    loop.arm(this, callout.terms().timeout().toNanos());
    attempt = from.open(this, tried);
  }

  @Override
  public void connected(UpstreamStream opened) {
    attempt = null;
    stream = opened;
    Headers fields = new Headers();
    fields.addAll(callout.headers());
    boolean bodiless = callout.body().length == 0;
    if (!bodiless || callout.method().equals("POST")) {
      fields.set(HeaderName.CONTENT_LENGTH, Integer.toString(callout.body().length));
    }
    opened.head(
        new UpstreamRequest(
            callout.method(),
            callout.url().getScheme().toLowerCase(Locale.ROOT),
            callout.url().getRawAuthority(),
            callout.target(),
            fields,
            false),
        bodiless);
    if (!bodiless) {
      opened.data(Unpooled.wrappedBuffer(callout.body()));
      opened.end(null);
    }
    opened.flush();
  }

  @Override
  public void informational(int status, Headers headers) {}

  @Override
  public void responseHead(int code, Headers fields, boolean end) {
    status = code;
    Headers kept = new Headers();
    kept.addAll(fields);
    headers = kept;
    if (end) {
      finish(new Answer.Answered(code, kept, new byte[0]));
    }
  }

  @Override
  public void responseData(ByteBuf data) {
    try {
      if (done) {
        return;
      }
      if (body.size() + data.readableBytes() > callout.terms().most()) {
        giveUp("an answer of more than " + callout.terms().most() + " bytes");
        return;
      }
      byte[] piece = new byte[data.readableBytes()];
      data.readBytes(piece);
      body.writeBytes(piece);
    } finally {
      data.release();
    }
  }

  @Override
  public void responseEnd(@Nullable Headers trailers) {
    Headers last = new Headers();
    if (trailers != null) {
      last.addAll(trailers);
    }
    finish(new Answer.Answered(status, Objects.requireNonNull(headers), body.toByteArray(), last));
  }

  @Override
  public void tunnelled(Headers headers) {
    giveUp("an answer with status 101");
  }

  @Override
  public void upstreamReadComplete() {}

  @Override
  public void upstreamWritable(boolean writable) {}

  @Override
  public void failed(Failure failure) {
    attempt = null;
    stream = null;
    // A connection from the pool may have been closed at the other end just now.
    if (!done && failure.retryable() && !retried && headers == null && pool != null) {
      retried = true;
      attempt = pool.open(this, tried);
    } else {
      finish(new Answer.Failed(failure.detail()));
    }
  }

  @Override
  protected void expired() {
    giveUp("no answer within " + callout.terms().timeout().toMillis() + " ms");
  }

  private void giveUp(String why) {
    UpstreamStream open = stream;
    Pending waiting = attempt;
    stream = null;
    attempt = null;
    if (waiting != null) {
      waiting.cancel();
    }
    if (open != null) {
      open.cancel();
    }
    finish(new Answer.Failed(why));
  }

  private void finish(Answer answer) {
    if (!done) {
      done = true;
      loop.cancel(this);
      listener.answered(answer);
    }
  }
}
