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

/** Explain says which side of a split a request goes to, and why. */
class ExplainSplitTest {
  private static final String CONFIG =
      """
      listeners: { plain: { address: "127.0.0.1:0" } }
      upstreams:
        v1: { endpoints: ["http://127.0.0.1:1"] }
        v2: { endpoints: ["http://127.0.0.1:2"] }
      routes:
        orders:
          match: { path: /** }
          auth: public
          to: [{ upstream: v1, weight: 3, side: blue }, { upstream: v2, side: green }]
          split: %s
      """;

  @TempDir private Path folder;

  private String explain(String split, String... more) throws IOException {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    Path file = Files.writeString(folder.resolve("h.yaml"), CONFIG.formatted(split));
    List<String> words = new ArrayList<>(List.of("explain", file.toString(), "GET", "http://a/"));
    words.addAll(List.of(more));
    Terminal terminal = new Terminal(writer, writer, false);
    assertThat(Headgate.execute(terminal, Map.of(), words.toArray(String[]::new))).isZero();
    writer.flush();
    return out.toString();
  }

  @Test
  void sharesAreToldWhereChanceDecides() throws Exception {
    assertThat(explain("{}")).contains("to upstream v1 (weight 3, 75%) or v2 (weight 1, 25%)");
  }

  @Test
  void aCallerThatSticksHasOneSide() throws Exception {
    assertThat(explain("{ stick: header:X-User }", "-H", "X-User: anna"))
        .containsAnyOf(
            "side blue: its header:X-User belongs there", "side green: its header:X-User belongs")
        .doesNotContain("75%");
  }

  @Test
  void whatForcesASideIsToldAndWhatDoesNotToo() throws Exception {
    String split =
        "{ active: blue, force: { by: header:X-Canary, when: \"request.method == '%s'\" } }";
    assertThat(explain(split.formatted("GET"), "-H", "X-Canary: green"))
        .contains("side green: its header:X-Canary says so", "to upstream v2")
        .doesNotContain("v1");
    assertThat(explain(split.formatted("PUT"), "-H", "X-Canary: green"))
        .contains(
            "its header:X-Canary names a side, but not: request.method == 'PUT'",
            "side blue: it is active",
            "to upstream v1");
  }

  @Test
  void whatStandsInIsToldToo() throws Exception {
    assertThat(explain("{ active: blue }\n    fallback: { to: v2, on: [open, 503] }"))
        .contains("if it does not answer, after 503, open: upstream v2");
    assertThat(explain("{ active: blue }\n    fallback: { respond: { status: 204 } }"))
        .contains("after busy, connect_failure, open: an answer with 204");
  }

  @Test
  void programsSeeTheSideToo() throws Exception {
    assertThat(explain("{ active: green }", "--json"))
        .contains("{\"stage\":\"forward\",\"says\":\"side green: it is active\"}")
        .contains("\"to\":[{\"upstream\":\"v2\"");
  }
}
