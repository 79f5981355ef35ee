package dev.headgate.upstream;

import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's end of one attempt: where the flow sends the request, whatever protocol carries
 * it. Loop-confined. What comes back goes to the {@link UpstreamListener} that was given when the
 * attempt began.
 */
public interface UpstreamStream {
  /** The endpoint at the other end, as host:port. */
  String endpoint();

  /**
   * Sends the head of the request.
   *
   * @param end whether no body follows
   */
  void head(UpstreamRequest request, boolean end);

  /** Sends a piece of the body and takes over the buffer. */
  void data(ByteBuf data);

  /** Ends the request. */
  void end(@Nullable Headers trailers);

  /** Puts what was sent so far on the wire. */
  void flush();

  /**
   * Whether more can be sent without piling up. If not, {@link UpstreamListener#upstreamWritable}
   * follows.
   */
  boolean writable();

  /** Starts or pauses the delivery of the answer's body. Delivery is on at first. */
  void demand(boolean wanted);

  /**
   * Gives up: nothing is called any more, and the connection is closed or the stream reset unless
   * both are complete.
   */
  void cancel();

  /**
   * Does not want the rest of an answer whose head has come: nothing is called any more. The
   * connection is kept if that is not dearer than another one.
   */
  default void discard() {
    cancel();
  }
}
