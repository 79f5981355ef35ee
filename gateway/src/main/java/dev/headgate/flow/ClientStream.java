package dev.headgate.flow;

import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The client's end of one exchange, whatever protocol carries it: where the flow sends the answer.
 * Loop-confined.
 *
 * <p>The carrier calls the flow for what comes the other way: {@link RequestFlow#requestData},
 * {@link RequestFlow#requestEnd}, {@link RequestFlow#clientWritable} and {@link
 * RequestFlow#clientGone}. It delivers no request body before {@link #demand} has been called with
 * true, and checks the length that was announced.
 *
 * <p>Headers given here hold no hop-by-hop fields; the carrier frames the message by what it finds:
 * Content-Length if it is there, otherwise chunks or frames. Nothing is written to the socket
 * before {@link #flush}.
 */
public interface ClientStream {
  /** Sends an interim answer (100 to 199, not 101). */
  void informational(int status, Headers headers);

  /**
   * Sends the head of the answer.
   *
   * @param end whether nothing follows: no body, no trailers
   */
  void head(int status, Headers headers, boolean end);

  /** Sends a piece of the body and takes over the buffer. */
  void data(ByteBuf data);

  /** Ends the answer; trailers are dropped where the protocol or the client cannot take them. */
  void end(@Nullable Headers trailers);

  /** Puts what was sent so far on the wire. */
  void flush();

  /** Breaks off an answer of which the head is sent: the client must see that it is not whole. */
  void abort();

  /**
   * Whether more can be sent without piling up. If not, {@link RequestFlow#clientWritable} follows.
   */
  boolean writable();

  /** Starts or pauses the delivery of the request's body. */
  void demand(boolean wanted);

  /**
   * Answers an upgrade (101, or 200 to an extended CONNECT): from here on {@link #data} and the
   * request's body carry the bytes of a WebSocket both ways.
   */
  void tunnel(Headers headers);
}
