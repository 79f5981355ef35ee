package dev.headgate.mirror;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Failure;
import dev.headgate.http.Headers;
import dev.headgate.upstream.Pending;
import dev.headgate.upstream.UpstreamListener;
import dev.headgate.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Sends a copy and reads its answer up to the bounds there are. It is not sent again but where a
 * connection of the pool turns out to be closed.
 */
@LoopConfined
final class MirrorAttempt extends Deadline implements UpstreamListener {
  private final Mirrors mirrors;
  private final RequestCopy copy;

  private @Nullable Pending attempt;
  private @Nullable UpstreamStream stream;
  private @Nullable Outcome answer;

  /** Null where bodies are not compared. */
  private final @Nullable AnswerComparison comparison;

  private long read;
  private boolean again;
  private boolean over;

  MirrorAttempt(Mirrors mirrors, RequestCopy copy) {
    this.mirrors = mirrors;
    this.copy = copy;
    this.comparison = copy.comparison();
  }

  void begin() {
    mirrors.loop().arm(this, copy.rules().timeout().toNanos());
    open();
  }

  private void open() {
    Pending waits = copy.pool().open(this, copy.tried());
    if (waits != null) {
      attempt = waits;
    }
  }

  @Override
  public void connected(UpstreamStream opened) {
    attempt = null;
    stream = opened;
    byte[] body = copy.body();
    opened.head(copy.request(), body.length == 0);
    if (body.length > 0) {
      opened.data(Unpooled.wrappedBuffer(body));
      opened.end(null);
    }
    opened.flush();
  }

  @Override
  public void informational(int status, Headers headers) {}

  @Override
  public void responseHead(int status, Headers headers, boolean end) {
    copy.pool().answered(copy.tried(), status, mirrors.loop().nanos());
    boolean same = status == copy.status();
    answer = same ? Outcome.SAME_STATUS : Outcome.OTHER_STATUS;
    if (!same) {
      mirrors.differs(copy, status);
    }
    if (comparison != null && !(same && AnswerComparison.takes(headers))) {
      comparison.giveUp();
    }
    if (end) {
      finishWhole();
    }
  }

  @Override
  public void responseData(ByteBuf data) {
    read += data.readableBytes();
    if (comparison != null) {
      comparison.other(data);
    }
    data.release();
    if (read > copy.rules().answer().bytes()) {
      letGo();
      finish();
    }
  }

  @Override
  public void responseEnd(@Nullable Headers trailers) {
    finishWhole();
  }

  private void finishWhole() {
    if (comparison != null) {
      comparison.otherWhole();
    }
    finish();
  }

  @Override
  public void tunnelled(Headers headers) {
    letGo();
    finish();
  }

  @Override
  public void upstreamReadComplete() {}

  @Override
  public void upstreamWritable(boolean writable) {}

  @Override
  public void failed(Failure failure) {
    attempt = null;
    stream = null;
    copy.pool().failed(copy.tried(), failure);
    if (!over && answer == null && failure.retryable() && !again) {
      again = true;
      open();
    } else {
      finish();
    }
  }

  @Override
  protected void expired() {
    if (answer == null && stream != null) {
      copy.pool()
          .failed(
              copy.tried(),
              Failure.upstream(false, 504, "upstream.timeout", "no answer to a copy in time"));
    }
    letGo();
    finish();
  }

  private void letGo() {
    UpstreamStream open = stream;
    Pending waiting = attempt;
    stream = null;
    attempt = null;
    copy.pool().undecided(copy.tried());
    if (waiting != null) {
      waiting.cancel();
    }
    if (open != null) {
      open.cancel();
    }
  }

  /** Counts what came of it, once. */
  private void finish() {
    if (!over) {
      over = true;
      mirrors.loop().cancel(this);
      copy.over(answer == null ? Outcome.FAILED : answer);
      if (comparison != null && !comparison.isOtherWhole()) {
        comparison.giveUp();
      }
    }
  }
}
