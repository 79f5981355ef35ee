package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllocationTest {
  private static final int REQUESTS = 100;

  @TempDir Path directory;

  @Test
  void recordingARequestAllocatesOnlyTheTextOfItsTraceId() throws IOException {
    Path file = directory.resolve("access.log");
    try (Node node = new Node(Node.config("file:" + file, 100))) {
      long least = Long.MAX_VALUE;
      for (int round = 1; round <= 10; round++) {
        least = Math.min(least, round(node));
        // Hand the chunk over and let it come back, as it does while a gateway serves.
        node.loop.advance(Duration.ofSeconds(1));
        int lines = round * REQUESTS;
        await().untilAsserted(() -> assertThat(Files.readAllLines(file)).hasSize(lines));
      }
      assertThat(least / REQUESTS).isLessThanOrEqualTo(80);
    }
  }

  /** The bytes that this thread allocated to identify and record so many requests. */
  private static long round(Node node) {
    List<Exchange> exchanges = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      Headers headers = new Headers();
      headers.add(HeaderName.USER_AGENT, "curl/8.0");
      headers.add("x-padding", "x".repeat(1000)); // So that there is room for what is added.
      exchanges.add(prepared(node, headers));
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    for (Exchange exchange : exchanges) {
      node.recorder.requestStarted();
      node.recorder.identify(exchange, false);
      node.recorder.record(exchange);
    }
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static Exchange prepared(Node node, Headers headers) {
    Exchange exchange = Requests.begun(node.loop, "/orders/7?expand=items&token=x", headers);
    exchange.route("orders");
    exchange.upstream("orders-v1");
    exchange.endpoint("10.0.0.1:8080");
    exchange.status(200);
    exchange.endNanos(node.loop.nanos());
    return exchange;
  }
}
