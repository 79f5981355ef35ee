package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection.PropertyKey;
import io.netty.handler.codec.http2.Http2EventAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/**
 * Takes in what the library has to say of a connection to an endpoint, and passes it on to the
 * streams.
 */
@LoopConfined
final class Http2UpstreamFrames extends Http2EventAdapter
    implements Http2RemoteFlowController.Listener {
  private final Http2UpstreamConnection connection;
  private final PropertyKey key;
  private boolean webSockets;

  Http2UpstreamFrames(Http2UpstreamConnection connection) {
    this.connection = connection;
    this.key = connection.connection().newKey();
  }

  boolean takesWebSockets() {
    return webSockets;
  }

  void attach(Http2Stream stream, Http2UpstreamStream ours) {
    stream.setProperty(key, ours);
  }

  @Nullable Http2UpstreamStream stream(Http2Stream stream) {
    return stream.getProperty(key);
  }

  private @Nullable Http2UpstreamStream stream(int id) {
    Http2Stream stream = connection.connection().stream(id);
    return stream == null ? null : stream(stream);
  }

  // Frames.

  @Override
  public void onSettingsRead(ChannelHandlerContext ctx, Http2Settings settings) {
    Boolean connectProtocol = settings.connectProtocolEnabled();
    if (connectProtocol != null) {
      webSockets = connectProtocol;
    }
    connection.settingsRead();
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx,
      int id,
      Http2Headers headers,
      int dependency,
      short weight,
      boolean exclusive,
      int padding,
      boolean end) {
    onHeadersRead(ctx, id, headers, padding, end);
  }

  @Override
  public void onHeadersRead(
      ChannelHandlerContext ctx, int id, Http2Headers headers, int padding, boolean end) {
    Http2UpstreamStream stream = stream(id);
    if (stream != null) {
      stream.fieldsRead(end);
    }
  }

  @Override
  public int onDataRead(ChannelHandlerContext ctx, int id, ByteBuf data, int padding, boolean end) {
    Http2UpstreamStream stream = stream(id);
    return padding + (stream == null ? data.readableBytes() : stream.dataRead(data, end));
  }

  @Override
  public void onRstStreamRead(ChannelHandlerContext ctx, int id, long error) {
    Http2UpstreamStream stream = stream(id);
    if (stream != null) {
      stream.resetRead(error);
    }
  }

  @Override
  public void onGoAwayRead(ChannelHandlerContext ctx, int lastStream, long error, ByteBuf debug) {
    connection.goAwayRead();
  }

  // States.

  @Override
  public void writabilityChanged(Http2Stream stream) {
    Http2UpstreamStream ours = stream(stream);
    if (ours != null) {
      ours.writabilityChanged();
    }
  }

  @Override
  public void onStreamClosed(Http2Stream stream) {
    Http2UpstreamStream ours = stream(stream);
    if (ours != null) {
      ours.closed();
    }
  }
}
