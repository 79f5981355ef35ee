package dev.headgate.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * An origin on loopback that answers with what it was asked, so that one sees what a gateway did.
 */
public final class DemoOrigin implements AutoCloseable {
  private static final int MOST_HEADERS = 30;

  private final String name;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Starts on a free port. */
  public DemoOrigin(String name) throws IOException {
    this.name = name;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      long bytes = exchange.getRequestBody().transferTo(java.io.OutputStream.nullOutputStream());
      StringBuilder text = new StringBuilder();
      text.append(
          "%s got %s %s\n".formatted(name, exchange.getRequestMethod(), exchange.getRequestURI()));
      new TreeMap<>(exchange.getRequestHeaders())
          .entrySet().stream()
              .limit(MOST_HEADERS)
              .forEach(field ->
                  text.append("  ")
                      .append(field.getKey().toLowerCase(Locale.ROOT))
                      .append(": ")
                      .append(String.join(", ", field.getValue()))
                      .append('\n'));
      if (bytes > 0) {
        text.append("  and a body of ").append(bytes).append(" bytes\n");
      }
      byte[] body = text.toString().getBytes(UTF_8);
      exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
      exchange.getResponseHeaders().set("x-origin", name);
      boolean head = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, head ? -1 : body.length);
      if (!head) {
        exchange.getResponseBody().write(body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
