package dev.headgate.upstream;

import dev.headgate.http2.FieldDecoder;
import dev.headgate.http2.FieldEncoder;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2LocalFlowController;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;

/**
 * Puts the library's parts of an HTTP/2 client connection together, with our limits and our
 * treatment of fields.
 */
final class Http2UpstreamConnectionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<
        Http2UpstreamConnection, Http2UpstreamConnectionBuilder> {
  private static final int SMALL_CONTINUATIONS = 16;

  private final Maker maker;

  /** Calls the constructor. */
  interface Maker {
    Http2UpstreamConnection make(
        Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings);
  }

  Http2UpstreamConnectionBuilder(FieldDecoder fields, Maker maker) {
    this.maker = maker;
    initialSettings(
        new Http2Settings()
            .pushEnabled(false)
            .initialWindowSize(Http2UpstreamConnection.STREAM_WINDOW)
            .maxHeaderListSize(Http2UpstreamConnection.RESPONSE_HEAD));
    DefaultHttp2Connection connection = new DefaultHttp2Connection(false);
    // One slow client must not hold up the answers of the others: only each stream's own window
    // bounds it.
    connection
        .local()
        .flowController(
            new DefaultHttp2LocalFlowController(
                connection, DefaultHttp2LocalFlowController.DEFAULT_WINDOW_UPDATE_RATIO, true));
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            connection, new DefaultHttp2FrameWriter(new FieldEncoder()));
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            new DefaultHttp2FrameReader(fields, SMALL_CONTINUATIONS),
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false);
    codec(decoder, encoder);
  }

  @Override
  protected Http2UpstreamConnection build() {
    return super.build();
  }

  @Override
  protected Http2UpstreamConnection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    Http2UpstreamConnection connection = maker.make(decoder, encoder, settings);
    Http2UpstreamFrames frames = new Http2UpstreamFrames(connection);
    frameListener(frames);
    connection.connection().addListener(frames);
    encoder.flowController().listener(frames);
    return connection;
  }
}
