package dev.headgate.flow;

import dev.headgate.exchange.Exchange;
import dev.headgate.http.Headers;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What happens to a request, from its head to its line in the log. */
public final class RequestFlow {
  private final Serving serving;
  private final Exchange exchange;
  private final ClientStream client;

  public RequestFlow(Serving serving, Exchange exchange, ClientStream client) {
    this.serving = serving;
    this.exchange = exchange;
    this.client = client;
  }

  /**
   * Begins with the stages.
   *
   * @param end whether the request has neither body nor trailers
   */
  public void start(boolean end) {
    serving.recorder().requestStarted();
    client.demand(!end);
    exchange.status(0);
  }

  /** A piece of the request's body; takes over the buffer. */
  public void requestData(ByteBuf data) {
    data.release();
  }

  /** The request is complete. */
  public void requestEnd(@Nullable Headers trailers) {}

  /** Whether the client takes more of the answer. */
  public void clientWritable(boolean writable) {}

  /** What the client sent at once has all been delivered: time to flush. */
  public void clientReadComplete() {}

  /**
   * The client is gone or broke the rules in the middle of the request's body: nothing can be sent
   * to it any more.
   *
   * @param reason such as {@code client.reset}
   */
  public void clientGone(String reason) {}
}
