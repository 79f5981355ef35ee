package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Failure;
import dev.headgate.http.Headers;
import dev.headgate.retry.ReplayBody;
import dev.headgate.upstream.UpstreamStream;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way to the upstream: shown to those who look at it, kept for another
 * attempt where there may be one, and sent. While there is no connection to send it on, no more of
 * it is asked for.
 */
@LoopConfined
final class RequestBody {
  private final Forwarding forwarding;
  private final RequestFlow flow;
  private final ClientStream client;
  private @Nullable BodyInspection inspection;
  private @Nullable ReplayBody replay;
  private @Nullable UpstreamStream to;

  /** Whether something was sent that may have to be sent again. */
  private boolean sent;

  private boolean complete;

  /**
   * @param inspection who looks at the body; null for nobody
   * @param replay keeps what was sent; null where that is not wanted
   */
  RequestBody(
      Forwarding forwarding,
      RequestFlow flow,
      ClientStream client,
      @Nullable BodyInspection inspection,
      @Nullable ReplayBody replay) {
    this.forwarding = forwarding;
    this.flow = flow;
    this.client = client;
    this.inspection = inspection;
    this.replay = replay;
  }

  /** Whether nothing more comes from the client. */
  boolean complete() {
    return complete;
  }

  /** Whether the body can be sent from its beginning. */
  boolean repeatable() {
    return !sent || replay != null;
  }

  /**
   * Whether nothing of it was sent, and nothing is on its way that was asked for.
   *
   * @param connected whether there has been a connection to send it on
   */
  boolean unsent(boolean connected) {
    return !sent && (complete || !connected);
  }

  /** Who looks at it, now the taker's. */
  @Nullable BodyInspection takeInspection() {
    BodyInspection looking = inspection;
    inspection = null;
    return looking;
  }

  /** There is a connection: sends what there is of the body, and asks for more. */
  void start(UpstreamStream stream, boolean webSocket) {
    to = stream;
    if (webSocket) {
      return;
    }
    ByteBuf before = replay == null ? null : replay.copy();
    if (before != null) {
      pass(stream, before);
    }
    if (complete) {
      stream.end(replay == null ? null : replay.trailers());
      return;
    }
    KeptBody kept = flow.takeKept();
    ByteBuf bytes = kept == null ? null : kept.take();
    if (bytes != null) {
      data(bytes);
    }
    if (to != null && kept != null && kept.whole()) {
      end(kept.trailers());
    } else if (to != null) {
      client.demand(true);
    }
  }

  /** There is no connection any more. */
  void detach() {
    to = null;
  }

  /** There is none for a while. */
  void stop() {
    detach();
    if (!complete) {
      client.demand(false);
    }
  }

  /** Passes on a piece and takes over the buffer. */
  void data(ByteBuf data) {
    BodyInspection inspecting = inspection;
    Failure refused = inspecting == null ? null : inspecting.piece(data);
    if (refused != null) {
      data.release();
      flow.fail(refused);
    } else if (inspecting == null || !inspecting.withholds(data)) {
      send(data);
    }
  }

  private void send(ByteBuf data) {
    sent |= data.isReadable();
    ReplayBody keeping = replay;
    ReplayBody.Loss loss = keeping == null ? null : keeping.keep(data);
    if (loss != null) {
      forget();
      forwarding.notKept(loss);
    }
    UpstreamStream stream = to;
    if (stream == null) {
      data.release();
    } else {
      pass(stream, data);
    }
  }

  private void pass(UpstreamStream stream, ByteBuf data) {
    stream.data(data);
    forwarding.waitForUpstream();
    if (!stream.writable()) {
      client.demand(false);
    }
  }

  /** Nothing more comes from the client. */
  void end(@Nullable Headers trailers) {
    BodyInspection inspecting = inspection;
    Failure refused = inspecting == null ? null : inspecting.end();
    if (refused != null) {
      flow.fail(refused);
      return;
    }
    ByteBuf withheld = inspecting == null ? null : inspecting.release();
    if (withheld != null) {
      send(withheld);
    }
    complete = true;
    sent |= trailers != null;
    if (replay != null) {
      replay.end(trailers);
    }
    UpstreamStream stream = to;
    if (stream != null) {
      stream.end(trailers);
      forwarding.waitForUpstream();
    }
  }

  /** The request is not sent again. */
  void forget() {
    ReplayBody kept = replay;
    if (kept != null) {
      replay = null;
      kept.close();
    }
  }

  /** The request has ended. */
  void close() {
    forget();
    if (inspection != null) {
      inspection.close();
    }
  }
}
