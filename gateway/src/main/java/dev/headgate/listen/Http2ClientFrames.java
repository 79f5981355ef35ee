package dev.headgate.listen;

import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes in what the library has to say of a client's connection, and passes it on to the streams.
 */
@LoopConfined
final class Http2ClientFrames extends Http2EventAdapter
    implements Http2RemoteFlowController.Listener {
  private final Http2Connection connection;
  private final PropertyKey key;

  Http2ClientFrames(Http2Connection connection) {
    this.connection = connection;
    this.key = connection.connection().newKey();
  }

  @Nullable Http2ClientStream stream(Http2Stream stream) {
    return stream.getProperty(key);
  }

  private @Nullable Http2ClientStream stream(int id) {
    Http2Stream stream = connection.connection().stream(id);
    return stream == null ? null : stream(stream);
  }

  // Frames.

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end)
      throws Http2Exception {
    onHeadersRead(ctx, id, headers, padding, end);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end)
      throws Http2Exception {
    Http2Stream stream = connection.connection().stream(id);
    Http2ClientStream known = stream(stream);
    if (known != null) {
      known.trailersRead();
      return;
    }
    Http2ClientStream opened = new Http2ClientStream(connection, stream);
    stream.setProperty(key, opened);
    opened.headRead(end);
  }

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
    Http2ClientStream stream = stream(id);
    return padding + (stream == null ? data.readableBytes() : stream.dataRead(data, end));
  }

  @Override
  public void onWindowUpdateRead(ChannelHandlerContext ctx, int id, int increment) {
    if (id == 0) {
      connection.windowEnlarged();
    } else {
      Http2ClientStream stream = stream(id);
      if (stream != null) {
        stream.progressed(connection.context().serving().loop().nanos());
      }
    }
  }

  // States.

  @Override
  public void writabilityChanged(Http2Stream stream) {
    Http2ClientStream ours = stream(stream);
    if (ours != null) {
      ours.writabilityChanged();
    }
  }

  @Override
  public void onStreamHalfClosed(Http2Stream stream) {
    Http2ClientStream ours = stream(stream);
    if (ours != null && !stream.state().localSideOpen()) {
      ours.answerSent();
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    Http2ClientStream ours = stream(stream);
    if (ours != null) {
      ours.closed();
    }
  }

  @Override
  public void onStreamRemoved(Http2Stream stream) {
    connection.streamRemoved();
  }
}
