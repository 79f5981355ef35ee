package dev.headgate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Asks a running gateway's admin endpoints. */
final class AdminClient {
  private static final int TIMEOUT_MILLIS = 5000;
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final URI root;

  private AdminClient(URI root) {
    this.root = root;
  }

  /**
   * @param address host and port; empty if there are no admin endpoints
   */
  static Optional<AdminClient> of(String address) {
    return address.isEmpty()
        ? Optional.empty()
        : Optional.of(new AdminClient(URI.create("http://" + address + "/")));
  }

  /**
   * What a gateway says about its last reload.
   *
   * @param count how many there were since its start
   * @param problems as text
   */
  record Reload(long count, boolean applied, List<String> problems) {
    static final Reload NONE = new Reload(0, true, List.of());
  }

  Reload lastReload() throws IOException {
    HttpURLConnection connection = open("readyz");
    boolean failed = connection.getResponseCode() >= HttpURLConnection.HTTP_BAD_REQUEST;
    try (InputStream body = failed ? connection.getErrorStream() : connection.getInputStream()) {
      return parse(body);
    } finally {
      connection.disconnect();
    }
  }

  private HttpURLConnection open(String page) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) root.resolve(page).toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MILLIS);
    connection.setReadTimeout(TIMEOUT_MILLIS);
    return connection;
  }

  /** What the gateway's limits have said. */
  List<ListedLimit> limits() throws IOException {
    return read("limits", ListedLimit::parse);
  }

  /** Reads a page that must be there. */
  private <T> T read(String page, Function<InputStream, T> reader) throws IOException {
    HttpURLConnection connection = open(page);
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException("the gateway answered with " + connection.getResponseCode());
    }
    try (InputStream body = connection.getInputStream()) {
      return reader.apply(body);
    } finally {
      connection.disconnect();
    }
  }

  /**
   * All keys that the gateway knows.
   *
   * @param consumer whose; null for all
   */
  ListedKeys keys(@Nullable String consumer) throws IOException {
    String whose =
        consumer == null ? "" : "&consumer=" + URLEncoder.encode(consumer, StandardCharsets.UTF_8);
    ListedKeys all = ListedKeys.NONE;
    for (Integer from = 0; from != null; from = all.next()) {
      all = all.and(read("keys?from=" + from + whose, ListedKeys::parse));
    }
    return all;
  }

  /** How the endpoints stand. */
  ListedUpstreams upstreams() throws IOException {
    HttpURLConnection connection = open("upstreams");
    if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
      throw new IOException("the gateway answered with " + connection.getResponseCode());
    }
    try (InputStream body = connection.getInputStream()) {
      return ListedUpstreams.parse(body.readAllBytes());
    } finally {
      connection.disconnect();
    }
  }

  /** Asks until there is a later reload than the one of that number. */
  Reload awaitReloadAfter(long count, Duration patience) throws IOException {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < patience.toNanos()) {
      Reload now = lastReload();
      if (now.count() > count) {
        return now;
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
    throw new IOException("no answer within " + patience.toSeconds() + " seconds");
  }

  static Reload parse(InputStream readiness) {
    try (JsonParser in = new JsonFactory().createParser(ObjectReadContext.empty(), readiness)) {
      while (in.nextToken() != null) {
        if (in.currentToken() == JsonToken.PROPERTY_NAME && in.currentName().equals("lastReload")) {
          in.nextToken();
          return reload(in);
        }
      }
      return Reload.NONE;
    }
  }

  private static Reload reload(JsonParser in) {
    long count = 0;
    boolean applied = false;
    List<String> problems = new ArrayList<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = in.currentName();
      JsonToken value = in.nextToken();
      switch (name) {
        case "count" -> count = in.getLongValue();
        case "result" -> applied = in.getString().equals("applied");
        case "problems" -> {
          while (in.nextToken() == JsonToken.START_OBJECT) {
            problems.add(problem(in));
          }
        }
        default -> {
          if (value.isStructStart()) {
            in.skipChildren();
          }
        }
      }
    }
    return new Reload(count, applied, problems);
  }

  private static String problem(JsonParser in) {
    Map<String, String> said = Facts.read(in);
    String path = said.getOrDefault("path", "");
    String hint = said.getOrDefault("hint", "");
    return "%s:%s:%s: %s: %s%s%s"
        .formatted(
            said.get("file"),
            said.get("line"),
            said.get("column"),
            said.get("severity"),
            path.isEmpty() ? "" : path + ": ",
            said.get("message"),
            hint.isEmpty() ? "" : "\n  hint: " + hint);
  }
}
