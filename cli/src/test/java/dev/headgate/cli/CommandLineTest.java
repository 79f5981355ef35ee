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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

final class CommandLineTest {
  private static final String GOOD =
      """
      listeners: { main: { address: "127.0.0.1:0" } }
      upstreams:
        a: { endpoints: ["http://127.0.0.1:1"] }
        b: { endpoints: ["http://127.0.0.1:2"] }
      routes:
        orders:
          match: { host: api.example.com, path: "/orders/**", methods: [GET, POST] }
          auth: public
          to: [{ upstream: a, weight: 9 }, b]
          rewrite: { prefix: /v1 }
          bodyLimit: 1KiB
        old:
          match: { path: "/old/{id}", headers: { x-version: "1" } }
          auth: public
          redirect: { status: 301, to: "/new/{id}" }
      """;

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = Files.writeString(folder.resolve("headgate.yaml"), GOOD);
  }

  private int run(String... words) {
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false);
    int code = Headgate.execute(terminal, Map.of("XDG_RUNTIME_DIR", folder.toString()), words);
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  private int explain(String method, String url, String... more) {
    String[] words = new String[4 + more.length];
    words[0] = "explain";
    words[1] = file.toString();
    words[2] = method;
    words[3] = url;
    System.arraycopy(more, 0, words, 4, more.length);
    return run(words);
  }

  @Test
  void checkAcceptsAGoodConfiguration() {
    assertThat(run("check", file.toString())).isZero();
    assertThat(out.toString()).contains("no problems", "1 listener, 2 routes, 2 upstreams");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void docsAndSchemaPrintWhatTheRepositoryHolds() throws IOException {
    Path reference = Path.of("../docs/reference");
    assertThat(run("docs")).isZero();
    assertThat(out.toString()).isEqualTo(Files.readString(reference.resolve("configuration.md")));
    out.getBuffer().setLength(0);
    assertThat(run("schema")).isZero();
    assertThat(out.toString())
        .isEqualTo(Files.readString(reference.resolve("headgate.schema.json")));
  }

  @Test
  void docsOfOneKeyPrintsItsSectionsOnly() {
    assertThat(run("docs", "routes")).isZero();
    assertThat(out.toString())
        .startsWith("## routes.NAME\n")
        .contains("## routes.NAME.match\n")
        .doesNotContain("## listeners");
    assertThat(run("docs", "route")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void checkReportsEveryProblemWithItsPlace() throws IOException {
    Files.writeString(
        file,
        GOOD.replace("bodyLimit: 1KiB", "bodyLimits: 1KiB").replace("weight: 9", "weight: nine"));
    assertThat(run("check", file.toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString())
        .contains(
            file + ":11:5: error: routes.orders.bodyLimits: unknown key 'bodyLimits'",
            "did you mean 'bodyLimit'?",
            "routes.orders.to[0].weight");
    assertThat(err.toString()).contains("2 errors");
  }

  @Test
  void checkReportsRoutesThatConflict() throws IOException {
    Files.writeString(
        file,
        """
        listeners: { main: { address: "127.0.0.1:0" } }
        routes:
          one: { match: { path: "/a/{x}" }, auth: public, respond: {} }
          two: { match: { path: "/a/{y}" }, auth: public, respond: {} }
        """);
    assertThat(run("check", file.toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("routes.two", "one");
  }

  @Test
  void checkOfAFileThatIsNotThereSaysSo() {
    assertThat(run("check", folder.resolve("none.yaml").toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("there is no such file");
  }

  @Test
  void explainTellsWhatTheUpstreamWouldGet() {
    assertThat(explain("GET", "https://api.example.com/orders/./7?x=1", "-H", "X-A: b")).isZero();
    assertThat(out.toString())
        .contains(
            "read          path /orders/7",
            "route         orders",
            ":6:3",
            "the upstream gets GET /v1/7?x=1",
            "x-forwarded-proto: https",
            "a (weight 9, 90%) or b (weight 1, 10%)");
  }

  @Test
  void explainSaysWhyOtherRoutesLost() {
    assertThat(explain("DELETE", "http://api.example.com/orders/7")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString())
        .contains("refused: 405 route.method", "not orders: method: takes GET, POST");
    assertThat(explain("GET", "http://other.example.com/old/7")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("refused: 404 route.none", "not old: header x-version");
  }

  @Test
  void explainTakesHeadersAndShowsWhereARedirectLeads() {
    assertThat(explain("GET", "http://a/old/7", "-H", "x-version: 1")).isZero();
    assertThat(out.toString()).contains("301, location: /new/7");
  }

  @Test
  void explainRefusesWhatTheGatewayWouldRefuse() {
    assertThat(explain("GET", "http://api.example.com/orders/%00")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("read          refused: 400 path.control");
    assertThat(explain("POST", "http://api.example.com/orders", "-H", "content-length: 2000"))
        .isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("admit         refused: 413 body.too_large");
  }

  @Test
  void explainAppliesTheListenersRulesToTheClient() throws IOException {
    Files.writeString(
        file,
        GOOD.replace(
            "listeners: { main: { address: \"127.0.0.1:0\" } }",
            """
            listeners:
              main:
                address: "127.0.0.1:0"
                trustedProxies: [10.0.0.0/8]
                addresses: { deny: [203.0.113.0/24] }
              open: { address: "127.0.0.1:0" }
            """));
    String url = "http://api.example.com/orders/7";
    assertThat(explain("GET", url, "--client", "203.0.113.7")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("accept        closed: address.denied");
    assertThat(explain("GET", url, "--client", "203.0.113.7", "--listener", "open")).isZero();
    assertThat(explain("GET", url, "--client", "10.0.0.1", "-H", "X-Forwarded-For: 192.0.2.1"))
        .isZero();
    assertThat(out.toString()).contains("from 192.0.2.1, as the proxy 10.0.0.1 says, on main");
    assertThat(explain("GET", url, "--client", "10.0.0.1", "-H", "X-Forwarded-For: 203.0.113.7"))
        .isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("admit         refused: 403 address.denied");
    assertThat(explain("GET", url, "--listener", "none")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("there is no listener 'none', but main, open");
  }

  @Test
  void explainSaysWhereCopiesGo() throws IOException {
    Files.writeString(
        file,
        """
        listeners: { main: { address: "127.0.0.1:0" } }
        upstreams:
          a: { endpoints: ["http://127.0.0.1:9001"] }
          b: { endpoints: ["http://127.0.0.1:9002"] }
        routes:
          all: { match: { path: /** }, auth: public, to: a, mirror: { to: b, share: 10% } }
        """);
    assertThat(explain("GET", "http://a/x")).isZero();
    assertThat(out.toString()).contains("and a copy to upstream b, of 10% of the requests");
    assertThat(explain("GET", "http://a/x", "--json")).isZero();
    assertThat(out.toString()).contains("\"mirror\":{\"upstream\":\"b\",\"share\":\"10%\"}");
  }

  @Test
  void explainInJsonSaysWhatTheDocsShow() throws IOException {
    String page = Files.readString(Path.of("../docs/explain.md"));
    Files.writeString(file, block(page, "yaml"));
    assertThat(explain("GET", "https://api.example.com/orders/./7?x=1", "--json")).isZero();
    assertThat(out.toString().lines()).hasSize(1);
    assertThat(tokens(out.toString().replace(file.toString(), "headgate.yaml")))
        .isEqualTo(tokens(block(page, "json")));
  }

  private static String block(String page, String language) {
    int from = page.indexOf("```" + language + "\n") + language.length() + 4;
    return page.substring(from, page.indexOf("```", from));
  }

  private static List<String> tokens(String json) {
    List<String> tokens = new ArrayList<>();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      while (parser.nextToken() != null) {
        tokens.add(parser.getString());
      }
    }
    return tokens;
  }

  @Test
  void explainInJsonSaysWhyARequestIsRefusedAndWhereARedirectLeads() {
    assertThat(explain("DELETE", "http://api.example.com/orders/7", "--json"))
        .isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString())
        .contains(
            "\"considered\":[{\"route\":\"orders\",\"lost\":\"method: takes GET, POST, HEAD\"},",
            "\"outcome\":{\"kind\":\"refused\",\"stage\":\"route\",\"status\":405,"
                + "\"reason\":\"route.method\",\"failedBy\":\"client\",")
        .doesNotContain("\"route\":{");
    assertThat(explain("GET", "http://a/old/7", "-H", "x-version: 1", "--json")).isZero();
    assertThat(out.toString())
        .contains(
            "\"outcome\":{\"kind\":\"answered\",\"stage\":\"respond\",\"status\":301,"
                + "\"bodyBytes\":0,\"location\":\"/new/7\"}");
  }

  @Test
  void explainOfSomethingThatIsNoUrlIsWrongUsage() {
    assertThat(explain("GET", "/orders")).isEqualTo(ExitCode.USAGE);
    assertThat(explain("GET", "http://a/", "-H", "nonsense")).isEqualTo(ExitCode.USAGE);
    assertThat(explain("GET", "http://a/", "--client", "example.com")).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aKeyThatWasMadeOpensTheRouteOnceItsHashIsWrittenDown() throws IOException {
    assertThat(run("keys", "create", "acme", "--expires", "2999-01-01")).isZero();
    List<String> lines = out.toString().lines().toList();
    String key = lines.getFirst();
    assertThat(lines.getLast())
        .startsWith("      - apiKey: { id: " + key.substring(0, 11))
        .endsWith("expires: 2999-01-01T00:00:00Z }")
        .doesNotContain(key);
    Files.writeString(
        file,
        """
        listeners: { main: { address: "127.0.0.1:0" } }
        policies: { keys: { apiKey: {} } }
        routes: { r: { match: { path: /** }, auth: keys, respond: {} } }
        consumers:
          acme:
        """
            + String.join("\n", lines.subList(3, lines.size())));
    assertThat(explain("GET", "http://a/", "-H", "x-api-key: " + key)).isZero();
    assertThat(out.toString()).contains("keys vouches for " + key.substring(0, 11) + ", acme");
  }

  @Test
  void aKeyThatIsWrittenToAFileOpensTheRouteUntilItIsRevoked() throws IOException {
    Path keys = folder.resolve("keys.jsonl");
    Files.writeString(
        file,
        """
        listeners: { main: { address: "127.0.0.1:0" } }
        policies: { keys: { apiKey: { keysFile: keys.jsonl } } }
        routes: { r: { match: { path: /** }, auth: keys, respond: {} } }
        """);
    assertThat(run("keys", "create", "acme", "--group", "a", "--write", keys.toString())).isZero();
    String key = out.toString().strip();
    String id = key.substring(0, 11);
    assertThat(Files.readString(keys))
        .startsWith("{\"consumer\":\"acme\",\"id\":\"" + id + "\"")
        .endsWith(",\"groups\":[\"a\"]}\n")
        .doesNotContain(key);
    assertThat(explain("GET", "http://a/", "-H", "x-api-key: " + key)).isZero();
    assertThat(out.toString()).contains("keys vouches for " + id + ", acme");

    assertThat(run("keys", "revoke", "hg_other", "--file", keys.toString())).isOne();
    assertThat(run("keys", "revoke", id, "--file", keys.toString())).isZero();
    assertThat(Files.readString(keys)).isEmpty();
    assertThat(run("keys", "revoke", id, "--file", "nowhere")).isOne();
    assertThat(err.toString()).contains("is called hg_other", "no file nowhere");
    assertThat(run("keys", "create", " ", "--write", keys.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(run("keys", "create", "acme", "--group", "a")).isEqualTo(ExitCode.USAGE);
  }

  @Test
  void checkSaysWhichLineOfAKeysFileIsWrong() throws IOException {
    Path keys = folder.resolve("keys.jsonl");
    Files.writeString(
        file,
        """
        listeners: { main: { address: "127.0.0.1:0" } }
        policies: { keys: { apiKey: { keysFile: keys.jsonl } } }
        routes: { r: { match: { path: /** }, auth: keys, respond: {} } }
        """);
    assertThat(run("check", file.toString())).isOne();
    Files.writeString(keys, "\n{\"consumer\":\"acme\"}\n");
    assertThat(run("check", file.toString())).isOne();
    assertThat(out.toString() + err)
        .contains(
            "headgate.yaml:2:",
            "no file keys.jsonl",
            "keys.jsonl:2: 'consumer' and 'sha256' are needed");
  }

  @Test
  void aKeyThatWouldHaveExpiredIsNotMade() {
    assertThat(run("keys", "create", "acme", "--expires", "2020-01-01")).isEqualTo(ExitCode.USAGE);
    assertThat(run("keys", "create", "acme", "--expires", "soon")).isEqualTo(ExitCode.USAGE);
    assertThat(run("keys", "create")).isEqualTo(ExitCode.USAGE);
    assertThat(run("keys")).isEqualTo(ExitCode.USAGE);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void routesListsThemAsATable() {
    assertThat(run("routes", file.toString())).isZero();
    assertThat(out.toString())
        .contains("orders  api.example.com  GET,POST  /orders/**", "a 9, b 1", "redirect 301");
  }

  @Test
  void versionNamesTheProgramAndTheJava() {
    assertThat(run("version")).isZero();
    assertThat(out.toString()).startsWith("headgate ").contains("Java 25");
  }

  @Test
  void helpListsTheCommandsButNotTheHiddenOne() {
    assertThat(run("help")).isZero();
    assertThat(out.toString())
        .contains("run ", "check ", "explain ", "reload ")
        .doesNotContain("train");
    for (String command : new String[] {"run", "check", "explain", "routes", "reload", "demo"}) {
      assertThat(run("help", command)).as(command).isZero();
    }
  }

  @Test
  void anUnknownCommandIsAnsweredWithTheNearest() {
    assertThat(run("chek")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("there is no command 'chek'", "headgate check");
  }

  @Test
  void noCommandIsWrongUsage() {
    assertThat(run()).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("Usage: headgate");
  }

  @Test
  void reloadWithoutARunningGatewaySaysSo() {
    assertThat(run("reload")).isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("no such gateway runs here");
  }

  @Test
  void runRefusesABadConfigurationAndSaysWhy() throws IOException {
    Files.writeString(file, "listenrs: {}");
    assertThat(run("run", file.toString())).isEqualTo(ExitCode.PROBLEMS);
    assertThat(err.toString()).contains("did you mean 'listeners'?", "not started: ");
    assertThat(out.toString()).isEmpty();
  }
}
