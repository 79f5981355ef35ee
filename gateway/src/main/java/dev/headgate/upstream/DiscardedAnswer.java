package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** Reads what is left of an answer that nobody wants, as far as that is worth it. */
@LoopConfined
final class DiscardedAnswer implements UpstreamListener {
  private final UpstreamStream from;
  private long left;

  /**
   * @param most how many bytes are read
   */
  DiscardedAnswer(UpstreamStream from, long most) {
    this.from = from;
    this.left = most;
  }

  @Override
  public void responseData(ByteBuf data) {
    left -= data.readableBytes();
    data.release();
    if (left < 0) {
      from.cancel();
    }
  }

  @Override
  public void connected(UpstreamStream stream) {}

  @Override
  public void informational(int status, Headers headers) {}

  @Override
  public void responseHead(int status, Headers headers, boolean end) {}

  @Override
  public void tunnelled(Headers headers) {}

  @Override
  public void responseEnd(@Nullable Headers trailers) {}

  @Override
  public void upstreamReadComplete() {}

  @Override
  public void upstreamWritable(boolean writable) {}

  @Override
  public void failed(Failure failure) {}
}
