package dev.headgate.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.HostPort;
import dev.headgate.config.Place;
import dev.headgate.config.Problem;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class AdminServerTest {
  private final FakeNode node = new FakeNode();
  private AdminServer server;
  private RawClient client;

  /** Says what a test tells it to. */
  private static final class FakeNode implements NodeView {
    volatile Readiness readiness = new Readiness(Readiness.State.SERVING, 1, null, null);
    volatile String accept = "";

    @Override
    public Readiness readiness() {
      return readiness;
    }

    @Override
    public Page metrics(String accept) {
      this.accept = accept;
      return page("text/plain; version=0.0.4", "up 1\n");
    }

    @Override
    public Page config() {
      return page("application/yaml", "listeners: {}\n");
    }

    @Override
    public Page routes() {
      throw new IllegalStateException("broken");
    }

    @Override
    public Page upstreams() {
      return page(Page.JSON, "how they stand");
    }

    @Override
    public Page keys(@Nullable String consumer, int from) {
      return page(Page.JSON, consumer + " " + from);
    }

    @Override
    public Page limits() {
      return page(Page.JSON, "{\"limits\":[]}");
    }

    @Override
    public Page version() {
      return page(Page.JSON, "{}");
    }

    private static Page page(String type, String text) {
      return new Page(type, text.getBytes(UTF_8));
    }
  }

  @BeforeEach
  void open() throws IOException {
    server = AdminServer.open(new HostPort("127.0.0.1", 0), node);
    client = RawClient.connect(server.address().getPort());
  }

  @AfterEach
  void close() throws IOException {
    client.close();
    server.close();
  }

  @Test
  void answersSeveralRequestsOnOneConnection() throws IOException {
    assertThat(client.get("/livez").status()).isEqualTo(200);
    RawResponse metrics = client.get("/metrics");
    assertThat(metrics.header("content-type")).isEqualTo("text/plain; version=0.0.4");
    assertThat(metrics.text()).isEqualTo("up 1\n");
    assertThat(client.get("/config?x=1").text()).isEqualTo("listeners: {}\n");
    assertThat(client.get("/").text()).contains("/readyz");
  }

  @Test
  void passesTheAcceptFieldToTheMetrics() throws IOException {
    client.send(
        "GET /metrics HTTP/1.1\r\nHost: localhost\r\nAccept: application/openmetrics-text\r\n\r\n");
    client.readResponse();
    assertThat(node.accept).isEqualTo("application/openmetrics-text");
  }

  @Test
  void asksForTheKeysOfAConsumerAndFurtherPages() throws IOException {
    assertThat(client.get("/upstreams").text()).isEqualTo("how they stand");
    assertThat(client.get("/keys").text()).isEqualTo("null 0");
    assertThat(client.get("/keys?from=10000&consumer=a%20b").text()).isEqualTo("a b 10000");
    assertThat(client.get("/keys?from=x").status()).isEqualTo(400);
    assertThat(client.get("/keys?from=-1").status()).isEqualTo(400);
    assertThat(client.get("/keys?consumer=%zz").status()).isEqualTo(400);
  }

  @Test
  void isNotReadyWhileDraining() throws IOException {
    node.readiness = new Readiness(Readiness.State.DRAINING, 4, null, null);
    RawResponse response = client.get("/readyz");
    assertThat(response.status()).isEqualTo(503);
    assertThat(response.text())
        .isEqualTo("{\"ready\":false,\"state\":\"draining\",\"revision\":4}\n");
    assertThat(client.get("/livez").status()).isEqualTo(200);
  }

  @Test
  void staysReadyAfterARefusedReloadAndSaysWhyItWasRefused() throws IOException {
    Problem problem =
        new Problem(
            Problem.Severity.ERROR,
            new Place("a.yaml", 3, 5),
            "routes.x",
            "no \"auth\"",
            "write auth");
    node.readiness =
        new Readiness(
            Readiness.State.SERVING,
            7,
            new Readiness.Overload(0.25, "memory"),
            new Readiness.Reload(2, Instant.EPOCH, false, List.of(problem)));
    RawResponse response = client.get("/readyz");
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.text())
        .contains("\"overload\":{\"shedding\":0.25,\"reason\":\"memory\"}")
        .contains("\"result\":\"refused\"", "\"line\":3", "no \\\"auth\\\"", "1970-01-01");
  }

  @Test
  void refusesEveryMethodButGetAndHead() throws IOException {
    client.send("POST /config HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\nhi");
    RawResponse response = client.readResponse();
    assertThat(response.status()).isEqualTo(405);
    assertThat(response.header("allow")).isEqualTo("GET, HEAD");
    client.expectClosed();
  }

  @Test
  void answersHeadWithoutABody() throws IOException {
    client.send("HEAD /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n");
    RawResponse response = client.readResponseToHead();
    assertThat(response.status()).isEqualTo(200);
    assertThat(response.header("content-length")).isEqualTo("5");
    assertThat(client.get("/livez").status()).isEqualTo(200);
  }

  @Test
  void refusesANameThatABrowserCouldHaveBeenTrickedInto() throws IOException {
    client.send("GET /config HTTP/1.1\r\nHost: evil.example:9901\r\n\r\n");
    assertThat(client.readResponse().status()).isEqualTo(421);
    for (String host : List.of("127.0.0.1:9901", "LOCALHOST:1", "[::1]:9901", "[::1]")) {
      client.send("GET /livez HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
      assertThat(client.readResponse().status()).as(host).isEqualTo(200);
    }
  }

  @Test
  void answersAnUnknownPathAndABrokenPageWithAProblem() throws IOException {
    RawResponse unknown = client.get("/nothing");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.header("content-type")).isEqualTo("application/problem+json");
    RawResponse broken = client.get("/routes");
    assertThat(broken.status()).isEqualTo(500);
    assertThat(broken.text()).doesNotContain("broken");
  }

  @Test
  void refusesAHeadThatIsTooLarge() throws IOException {
    client.send("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + "a".repeat(9000) + "\r\n\r\n");
    assertThat(client.readResponse().status()).isEqualTo(400);
    client.expectClosed();
  }

  @Test
  void saysWhyItCannotListen() {
    HostPort taken = new HostPort("127.0.0.1", server.address().getPort());
    assertThatThrownBy(() -> AdminServer.open(taken, node)).isInstanceOf(IOException.class);
  }
}
