package dev.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What explain says of policies that ask others. */
class ExplainCalloutTest {
  private static final String INTROSPECTION =
      """
      listeners: { main: { address: "127.0.0.1:0" } }
      policies:
        opaque:
          introspection:
            endpoint: "https://idp.example.com/introspect"
            client: { id: gateway, secret: "${env:SECRET}" }
            audience: orders
      routes: { orders: { match: { path: /** }, auth: opaque, respond: { body: in } } }
      """;

  @TempDir private Path folder;
  private String said = "";

  /** What explain says, with its exit code; facts are named by their URL. */
  private int explain(String yaml, Map<String, String> facts, String... more) throws IOException {
    Path file = Files.writeString(folder.resolve("headgate.yaml"), yaml);
    List<String> words =
        new ArrayList<>(List.of("explain", file.toString(), "GET", "http://a.example/orders/7"));
    words.addAll(List.of(more));
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      Path answer = Files.writeString(folder.resolve("fact" + words.size()), fact.getValue());
      words.add("--fact");
      words.add(fact.getKey() + "=" + answer);
    }
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    int code =
        Headgate.execute(
            new Terminal(writer, writer, false),
            Map.of("SECRET", "hunter22"),
            words.toArray(String[]::new));
    writer.flush();
    said = out.toString();
    assertThat(said).doesNotContain("hunter22").doesNotContain("s3cret-token");
    return code;
  }

  private static final String BEARER = "Authorization: Bearer s3cret-token";
  private static final String IDP = "https://idp.example.com/introspect";

  @Test
  void aTokenIsAskedAboutWithAFact() throws IOException {
    String active = "{\"active\":true,\"sub\":\"ada\",\"aud\":\"orders\",\"scope\":\"read\"}";
    assertThat(explain(INTROSPECTION, Map.of(IDP, active), "-H", BEARER)).as(said).isZero();
    assertThat(said)
        .contains("opaque asks POST " + IDP + " about token=***")
        .contains("opaque vouches for ada")
        .contains("scopes [read]");

    assertThat(explain(INTROSPECTION, Map.of(IDP, "{\"active\":false}"), "-H", BEARER)).isOne();
    assertThat(said).contains("introspection.inactive");

    String failing = "HTTP/1.1 500 Oops\r\nServer: idp\r\n\r\n{}";
    assertThat(explain(INTROSPECTION, Map.of(IDP, failing), "-H", BEARER)).isOne();
    assertThat(said).contains("introspection.unavailable").contains("status 500");
  }

  private static final String DECIDED =
      """
      listeners: { main: { address: "127.0.0.1:0" } }
      policies:
        checked: { extAuthz: { url: "http://127.0.0.1:9/check" } }
        rego: { opa: { url: "http://127.0.0.1:8/v1/data/a", token: "${env:SECRET}" } }
      routes: { orders: { match: { path: /** }, auth: public, policies: [checked, rego], respond: { body: in } } }
      """;

  @Test
  void whoDecidesIsAskedWithFactsAndTheQuestionsAreShown() throws IOException {
    Map<String, String> facts =
        Map.of(
            "http://127.0.0.1:9/check", "HTTP/2 204 \r\n\r\n",
            "http://127.0.0.1:8/v1/data/a",
                "{\"result\":{\"allow\":false,\"reason\":\"too late\"}}");
    assertThat(explain(DECIDED, facts, "-H", BEARER)).as(said).isOne();
    assertThat(said)
        .contains("checked asks GET /check of 127.0.0.1:9")
        .contains("Authorization: ***")
        .contains("x-forwarded-uri: /orders/7")
        .contains("checked lets it go on")
        .contains("rego asks POST http://127.0.0.1:8/v1/data/a {\"input\":")
        .contains("\"parsed_path\":[\"orders\",\"7\"]")
        .contains("opa.denied")
        .contains("too late");
    assertThat(explain(DECIDED, Map.of())).isOne();
    assertThat(said).contains("ext_authz.unavailable").contains("http://127.0.0.1:9/check");
  }

  @Test
  void withoutAFactExplainSaysWhomItWouldAsk() throws IOException {
    assertThat(explain(INTROSPECTION, Map.of(), "-H", BEARER)).isOne();
    assertThat(said).contains(IDP).contains("introspection.unavailable").contains("--fact");
  }

  @Test
  void aFactThatIsNoAnswerIsRefused() throws IOException {
    assertThat(explain(INTROSPECTION, Map.of(IDP, "HTTP/1.1 99 what\n\n"), "-H", BEARER))
        .isEqualTo(2);
    assertThat(said).contains("no status line");
    assertThat(explain(INTROSPECTION, Map.of(IDP, "HTTP/1.1 200 OK\nno colon\n\n"))).isEqualTo(2);
    assertThat(said).contains("no colon");
    assertThat(explain(INTROSPECTION, Map.of(IDP, "HTTP/1.1 200 OK\nA: b"))).isEqualTo(2);
    assertThat(said).contains("no empty line");
  }
}
