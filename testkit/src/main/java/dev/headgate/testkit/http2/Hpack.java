package dev.headgate.testkit.http2;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.headgate.testkit.Header;
import dev.headgate.testkit.ProtocolViolation;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Header blocks (RFC 7541). Encoding takes any name and value in any order, without Huffman coding,
 * since a test may want what no proper encoder would write; decoding is Netty's, in the order of
 * the wire.
 */
public final class Hpack {
  private static final int MAX_LIST_BYTES = 4 * 1024 * 1024;

  private final OrderedDecoder decoder = new OrderedDecoder();

  /** A whole block: every field a literal that leaves the dynamic table alone. */
  public static byte[] block(List<Header> headers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (Header header : headers) {
      out.writeBytes(literal(0, header));
    }
    return out.toByteArray();
  }

  /** A literal that enters the dynamic table; {@link #reference} 62 then names the latest one. */
  public static byte[] indexedLiteral(String name, String value) {
    return literal(0x40, new Header(name, value));
  }

  /** A reference to the static (1 to 61) or dynamic (from 62) table. */
  public static byte[] reference(int index) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeInt(out, 0x80, 7, index);
    return out.toByteArray();
  }

  private static byte[] literal(int firstByte, Header header) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(firstByte);
    writeString(out, header.name());
    writeString(out, header.value());
    return out.toByteArray();
  }

  private static void writeString(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(ISO_8859_1);
    writeInt(out, 0, 7, bytes.length);
    out.writeBytes(bytes);
  }

  private static void writeInt(ByteArrayOutputStream out, int firstByte, int bits, int value) {
    int most = (1 << bits) - 1;
    if (value < most) {
      out.write(firstByte | value);
      return;
    }
    out.write(firstByte | most);
    int rest = value - most;
    while (rest >= 0x80) {
      out.write((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    out.write(rest);
  }

  /** The fields of the connection's next block: the decoder's table lives as long as it does. */
  List<Header> decode(int streamId, byte[] block) throws IOException {
    try {
      decoder.fields.clear();
      decoder.decodeHeaders(streamId, Unpooled.wrappedBuffer(block));
      return List.copyOf(decoder.fields);
    } catch (Http2Exception bad) {
      ProtocolViolation violation = new ProtocolViolation("A bad header block: " + bad);
      violation.initCause(bad);
      throw violation;
    }
  }

  /** Netty's header map moves pseudo headers to the front; this notes what is added, as it is. */
  private static final class OrderedDecoder extends DefaultHttp2HeadersDecoder {
    private final List<Header> fields = new ArrayList<>();

    OrderedDecoder() {
      super(false, MAX_LIST_BYTES);
    }

    @Override
    protected Http2Headers newHeaders() {
      return new DefaultHttp2Headers(false) {
        @Override
        public Http2Headers add(CharSequence name, CharSequence value) {
          fields.add(new Header(name.toString(), value.toString()));
          return this;
        }
      };
    }
  }
}
