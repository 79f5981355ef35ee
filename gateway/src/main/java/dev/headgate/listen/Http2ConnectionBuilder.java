package dev.headgate.listen;

import dev.headgate.config.Listener;
import dev.headgate.http.Headers;
import dev.headgate.http.Http2Head;
import dev.headgate.http2.FieldDecoder;
import dev.headgate.http2.FieldEncoder;
import dev.headgate.http2.FrameBudget;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DefaultHttp2Connection;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionDecoder;
import io.netty.handler.codec.http2.DefaultHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.DefaultHttp2FrameReader;
import io.netty.handler.codec.http2.DefaultHttp2FrameWriter;
import io.netty.handler.codec.http2.DefaultHttp2RemoteFlowController;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2FrameReader;
import io.netty.handler.codec.http2.Http2PromisedRequestVerifier;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.UniformStreamByteDistributor;
import java.util.function.Supplier;

/**
 * Puts the library's parts of an HTTP/2 server connection together, with our limits and our
 * treatment of fields.
 */
final class Http2ConnectionBuilder
    extends AbstractHttp2ConnectionHandlerBuilder<Http2Connection, Http2ConnectionBuilder> {
  private static final int SMALL_CONTINUATIONS = 16;
  private static final int EMPTY_DATA_FRAMES = 10;

  private final FieldDecoder fields;
  private final Maker maker;

  /** Calls the constructor. */
  interface Maker {
    Http2Connection make(
        Http2ConnectionDecoder decoder,
        Http2ConnectionEncoder encoder,
        Http2Settings settings,
        FieldDecoder fields);
  }

  Http2ConnectionBuilder(Listener.Limits limits, Supplier<Headers> fresh, Maker maker) {
    this.maker = maker;
    this.fields =
        new FieldDecoder(
            new Http2Head(
                (int) limits.requestLine().bytes(),
                limits.headerBytes().bytes(),
                limits.headerCount()),
            limits.headerBytes().bytes(),
            fresh);
    decoderEnforceMaxConsecutiveEmptyDataFrames(EMPTY_DATA_FRAMES);
    decoderEnforceMaxRstFramesPerWindow(
        limits.http2().resets(), (int) FrameBudget.WINDOW.toSeconds());
    initialSettings(
        new Http2Settings()
            .maxConcurrentStreams(limits.http2().streams())
            .initialWindowSize(Http2Connection.STREAM_WINDOW)
            .maxHeaderListSize(limits.headerBytes().bytes())
            .connectProtocolEnabled(true));
    DefaultHttp2Connection connection = new DefaultHttp2Connection(true);
    connection
        .remote()
        .flowController(
            new DefaultHttp2RemoteFlowController(
                connection, new UniformStreamByteDistributor(connection)));
    Http2FrameReader reader = new DefaultHttp2FrameReader(fields, SMALL_CONTINUATIONS);
    Http2ConnectionEncoder encoder =
        new DefaultHttp2ConnectionEncoder(
            connection, new DefaultHttp2FrameWriter(new FieldEncoder()));
    Http2ConnectionDecoder decoder =
        new DefaultHttp2ConnectionDecoder(
            connection,
            encoder,
            reader,
            Http2PromisedRequestVerifier.ALWAYS_VERIFY,
            true,
            true,
            false);
    codec(decoder, encoder);
  }

  @Override
  protected Http2Connection build() {
    return super.build();
  }

  @Override
  protected Http2Connection build(
      Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
    Http2Connection connection = maker.make(decoder, encoder, settings, fields);
    Http2ClientFrames frames = new Http2ClientFrames(connection);
    frameListener(frames);
    connection.connection().addListener(frames);
    encoder.flowController().listener(frames);
    return connection;
  }
}
