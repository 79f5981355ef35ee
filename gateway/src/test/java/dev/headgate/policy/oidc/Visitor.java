package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Somebody with a browser: keeps cookies and follows redirects to the provider. */
final class Visitor {
  static final String HOST = "shop.example.com";
  private static final String PAGE =
      "Accept: text/html,*/*\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";

  final Map<String, String> cookies = new TreeMap<>();
  private final int port;

  Visitor(int port) {
    this.port = port;
  }

  /** Opens a page. */
  RawResponse open(String path) throws Exception {
    return send("GET", path, PAGE);
  }

  /** What a script of a page fetches. */
  RawResponse fetch(String path) throws Exception {
    return send("GET", path, "Accept: */*\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n");
  }

  RawResponse send(String method, String path, String fields) throws Exception {
    StringBuilder request = new StringBuilder();
    request.append(method).append(' ').append(path).append(" HTTP/1.1\r\nHost: " + HOST + "\r\n");
    request.append(fields);
    if (!cookies.isEmpty()) {
      request.append("Cookie: ");
      cookies.forEach((name, value) -> request.append(name + "=" + value + "; "));
      request.setLength(request.length() - 2);
      request.append("\r\n");
    }
    if (method.equals("POST")) {
      request.append("Content-Length: 0\r\n");
    }
    try (RawClient client = RawClient.connect(port)) {
      client.send(request.append("\r\n").toString());
      RawResponse answer = client.readResponse();
      answer.headers("set-cookie").forEach(this::keep);
      return answer;
    }
  }

  private void keep(String cookie) {
    assertThat(cookie).contains("; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=");
    int equals = cookie.indexOf('=');
    String name = cookie.substring(0, equals);
    String value = cookie.substring(equals + 1, cookie.indexOf(';'));
    if (cookie.endsWith("Max-Age=0")) {
      cookies.remove(name);
    } else {
      cookies.put(name, value);
    }
  }

  /** Goes where the provider is, and comes back with what it says: path and query. */
  static String atProvider(RawResponse redirect) throws Exception {
    assertThat(redirect.status()).as(redirect.text()).isEqualTo(302);
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(URI.create(location(redirect))).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(302);
      URI back = URI.create(answer.headers().firstValue("location").orElseThrow());
      assertThat(back.getHost()).isEqualTo(HOST);
      return back.getRawPath() + "?" + back.getRawQuery();
    }
  }

  /** Opens a page and logs in. */
  RawResponse logIn(String path) throws Exception {
    return open(atProvider(open(path)));
  }

  static String location(RawResponse answer) {
    return Objects.requireNonNull(answer.header("location"));
  }
}
