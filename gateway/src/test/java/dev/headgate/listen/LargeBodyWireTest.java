package dev.headgate.listen;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.testkit.Pattern;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetric;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;

/** Bodies many times larger than the memory that they may take on their way. */
@OnEveryTransport
class LargeBodyWireTest {
  private static final long SIZE = 128L << 20;
  private static final long MEMORY = 24L << 20;

  @Parameter private Gateways gateways;

  @Test
  void carriesALargeAnswerInFlatMemory() throws Exception {
    try (var origin = ScriptedOrigin.start(exchange -> exchange.respondPattern(200, SIZE));
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      RawResponse head = client.readHead();
      Watched body = new Watched(client.body(head));
      assertThat(Pattern.check(body)).isEqualTo(SIZE);
      assertThat(body.most).isLessThan(MEMORY);
    }
  }

  @Test
  void carriesALargeUploadInFlatMemory() throws Exception {
    try (var origin =
            ScriptedOrigin.start(exchange -> {
              Watched body = new Watched(exchange.body());
              assertThat(Pattern.check(body)).isEqualTo(SIZE);
              exchange.respond(200, Long.toString(body.most));
            });
        var gateway = gateways.inFrontOf(origin.url());
        var client = gateway.connect()) {
      client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + SIZE + "\r\n\r\n");
      Pattern.writeTo(client.output(), SIZE);
      assertThat(Long.parseLong(client.readResponse().text())).isLessThan(MEMORY);
    }
  }

  /** Looks at the memory of all buffers, again and again while it is read. */
  private static final class Watched extends FilterInputStream {
    private final ByteBufAllocatorMetric buffers =
        ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT).metric();
    private final long before = used();
    private long most;

    Watched(InputStream body) {
      super(body);
    }

    private long used() {
      return buffers.usedDirectMemory() + buffers.usedHeapMemory();
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      assertThat(used()).as("what the buffers of this process take").isPositive();
      most = Math.max(most, used() - before);
      return super.read(into, offset, length);
    }
  }
}
