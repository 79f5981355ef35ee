package dev.headgate.http2;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.http.Headers;
import dev.headgate.http.Http2Head;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses header blocks straight into {@link Headers}, through one {@link Http2Head} for the
 * whole connection.
 *
 * <p>The library's decoder gives each field to the collection that it wants filled. That collection
 * here is a thin one that holds nothing and passes the field on. What it passed on is to be used,
 * and {@link #taken} called, before the next block is read.
 */
@LoopConfined
public final class FieldDecoder extends DefaultHttp2HeadersDecoder {
  /**
   * A head over the limit is refused with an answer; one this many times over it ends the
   * connection.
   */
  private static final int FAR = 4;

  private final Supplier<Headers> fresh;
  private final Http2Head head;
  private final Sink sink;
  private @Nullable Headers current;

  /**
   * @param limit bytes of fields, beyond which {@link Http2Head} refuses a head
   * @param fresh makes the headers that the next block's fields go into
   */
  public FieldDecoder(Http2Head head, long limit, Supplier<Headers> fresh) {
    super(false, limit * FAR);
    this.head = head;
    this.fresh = fresh;
    this.sink = new Sink(head);
  }

  public Http2Head head() {
    return head;
  }

  /**
   * Says that the fields of the block read last are in use, so that the next block gets other
   * headers.
   */
  public void taken() {
    current = null;
  }

  @Override
  protected Http2Headers newHeaders() {
    Headers into = current;
    if (into == null) {
      into = fresh.get();
      current = into;
    }
    head.start(into);
    return sink;
  }

  @Override
  public void maxHeaderListSize(long max, long goAwayMax) throws Http2Exception {
    super.maxHeaderListSize(max * FAR, max * FAR);
  }

  private static final class Sink extends DefaultHttp2Headers {
    private final Http2Head head;

    Sink(Http2Head head) {
      super(false, 2);
      this.head = head;
    }

    @Override
    public Http2Headers add(CharSequence name, CharSequence value) {
      head.field((AsciiString) name, (AsciiString) value);
      return this;
    }

    @Override
    public @Nullable CharSequence status() {
      return head.statusText();
    }

    @Override
    public List<CharSequence> getAll(CharSequence name) {
      // Asked for the lengths of messages, which the connections check themselves.
      return List.of();
    }
  }
}
