package dev.headgate.upstream;

import dev.headgate.exchange.Failure;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What comes from an upstream during one attempt, in order: {@link #connected}, any number of
 * {@link #informational}, {@link #responseHead}, {@link #responseData}, {@link #responseEnd}; or
 * {@link #failed} at any point, after which there is nothing more. Called on the loop.
 */
public interface UpstreamListener {
  /** A connection is there: send the request. */
  void connected(UpstreamStream stream);

  /** An interim answer. The headers are only lent for the call. */
  void informational(int status, Headers headers);

  /**
   * The head of the answer, without hop-by-hop fields.
   *
   * @param headers lent until the answer has ended or {@link #failed}; the listener may change them
   * @param end whether this is all: no body, no trailers, and no call of {@link #responseEnd}
   */
  void responseHead(int status, Headers headers, boolean end);

  /** The upstream agreed to a WebSocket: bytes flow both ways from here on. */
  void tunnelled(Headers headers);

  /** A piece of the body; the listener takes over the buffer. */
  void responseData(ByteBuf data);

  void responseEnd(@Nullable Headers trailers);

  /** What was read at once has all been delivered: time to flush. */
  void upstreamReadComplete();

  /** Whether the upstream takes more of the request. */
  void upstreamWritable(boolean writable);

  void failed(Failure failure);
}
