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

/** What explain says of policies that look into bodies. */
class ExplainBodyTest {
  @TempDir private Path folder;
  private String said = "";

  private int explain(String mode, String body, String... more) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("headgate.yaml"),
            """
            listeners: { main: { address: "127.0.0.1:0" } }
            upstreams: { o: { endpoints: ["http://127.0.0.1:9"] } }
            routes:
              r:
                match: { path: /** }
                auth: public
                policies: [{ size: { request: 20B }, mode: %s }, { jsonThreats: { depth: 2 }, mode: %s }]
                to: o
            """
                .formatted(mode, mode));
    List<String> words =
        new ArrayList<>(List.of("explain", file.toString(), "POST", "http://a.example/"));
    words.addAll(List.of(more));
    words.add("--data");
    words.add(Files.writeString(folder.resolve("body"), body).toString());
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    int code =
        Headgate.execute(
            new Terminal(writer, writer, false), Map.of(), words.toArray(String[]::new));
    writer.flush();
    said = out.toString();
    return code;
  }

  private static final String JSON = "content-type: application/json";

  @Test
  void aBodyThatMayPassIsSaidToBeChecked() throws Exception {
    assertThat(explain("enforce", "{\"a\":[1]}", "-H", JSON)).as(said).isZero();
    assertThat(said).contains("the body is checked as JSON").contains("content-length: 9");
  }

  @Test
  void aBodyThatIsRefusedIsSaidToBeAndWhere() throws Exception {
    assertThat(explain("enforce", "{\"a\":[[1]]}", "-H", JSON)).isEqualTo(1);
    assertThat(said).contains("json.too_deep").contains("at byte 6");
    assertThat(explain("enforce", "[\"0123456789abcdef\"]", "-H", JSON)).as(said).isZero();
    assertThat(explain("enforce", "[\"0123456789abcdefg\"]", "-H", JSON)).isEqualTo(1);
    assertThat(said).contains("body.too_large");
    assertThat(explain("enforce", "{}", "-H", "content-type: text/plain")).isEqualTo(1);
    assertThat(said).contains("json.type");
  }

  @Test
  void whatIsOnlyReportedGoesOn() throws Exception {
    assertThat(explain("report", "{\"a\":[[1]]}", "-H", JSON)).isZero();
    assertThat(said).contains("jsonThreats would refuse: json.too_deep");
  }
}
