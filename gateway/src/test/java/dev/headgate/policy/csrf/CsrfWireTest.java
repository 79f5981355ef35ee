package dev.headgate.policy.csrf;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.Gateways;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import org.junit.jupiter.api.Test;

class CsrfWireTest {
  private static final String COOKIE = "Cookie: session=1";

  private static String config(ScriptedOrigin origin) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    routes:
      all:
        match: { path: /** }
        auth: public
        websocket: true
        to: o
        policies: [{ csrf: { origins: ["https://app.example.com"] } }]
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url());
  }

  private static RawResponse ask(String method, String... fields) throws Exception {
    try (var origin = ScriptedOrigin.start(e -> e.respond(200, "in"));
        var gateway = new Gateways("nio").start(config(origin));
        RawClient client = gateway.connect()) {
      String lines = String.join("\r\n", fields) + (fields.length == 0 ? "" : "\r\n");
      client.send(
          method
              + " / HTTP/1.1\r\nHost: shop.example.com\r\n"
              + lines
              + "Content-Length: 0\r\n\r\n");
      RawResponse answer = client.readResponse();
      assertThat(origin.requests()).hasSize(answer.status() == 200 ? 1 : 0);
      return answer;
    }
  }

  @Test
  void pagesOfTheSameOriginAndTrustedOnesMaySend() throws Exception {
    assertThat(ask("POST", COOKIE, "Sec-Fetch-Site: same-origin").status()).isEqualTo(200);
    assertThat(ask("POST", COOKIE, "Sec-Fetch-Site: none").status()).isEqualTo(200);
    assertThat(ask("POST", COOKIE, "Origin: http://shop.example.com").status()).isEqualTo(200);
    assertThat(ask("POST", COOKIE, "Referer: http://shop.example.com/a?b").status()).isEqualTo(200);
    assertThat(
            ask("POST", COOKIE, "Sec-Fetch-Site: same-site", "Origin: https://app.example.com")
                .status())
        .isEqualTo(200);
  }

  @Test
  void pagesOfOtherOriginsMayNot() throws Exception {
    for (String field :
        new String[] {
          "Sec-Fetch-Site: cross-site",
          "Sec-Fetch-Site: same-site",
          "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site",
          "Sec-Fetch-Site: ",
          "Origin: http://evil.example",
          "Origin: null",
          "Origin: https://shop.example.com",
          "Origin: http://shop.example.com.evil.example",
          "Referer: http://evil.example/http://shop.example.com",
          "Referer: http://shop.example.com@evil.example/",
          "Referer: shop.example.com"
        }) {
      RawResponse answer = ask("POST", COOKIE, field);
      assertThat(answer.status()).as(field).isEqualTo(403);
      assertThat(answer.text()).contains("csrf.cross_site");
    }
  }

  @Test
  void aCookieWithoutAnythingThatSaysWhereFromIsRefused() throws Exception {
    assertThat(ask("DELETE", COOKIE).text()).contains("csrf.unproven");
    assertThat(ask("DELETE").status()).isEqualTo(200);
  }

  @Test
  void readingPassesAndAWebSocketDoesNot() throws Exception {
    assertThat(ask("GET", COOKIE, "Sec-Fetch-Site: cross-site").status()).isEqualTo(200);
    RawResponse answer =
        ask(
            "GET",
            COOKIE,
            "Origin: http://evil.example",
            "Connection: upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    assertThat(answer.status()).isEqualTo(403);
  }
}
