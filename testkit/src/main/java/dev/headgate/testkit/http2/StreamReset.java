package dev.headgate.testkit.http2;

import io.netty.handler.codec.http2.Http2Error;
import java.io.IOException;
import java.io.Serial;

/** The peer reset the stream that a test was reading or writing. */
public final class StreamReset extends IOException {
  @Serial private static final long serialVersionUID = 1;

  private final Http2Error error;

  StreamReset(int streamId, Http2Error error) {
    super("Stream " + streamId + " was reset with " + error);
    this.error = error;
  }

  public Http2Error error() {
    return error;
  }
}
