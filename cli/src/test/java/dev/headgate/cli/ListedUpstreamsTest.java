package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ListedUpstreamsTest {
  private static final String PAGE =
      """
      {"now":"2026-05-01T12:00:00Z","upstreams":[
       {"name":"a","panic":false,"requests":7,"requestLimit":7,"queued":2,"endpoints":[
        {"endpoint":"10.0.0.1:80","weight":1,"state":"serving","active":7}]},
       {"name":"b","panic":true,"breaker":"half_open","retries":12,"hedges":3,"retriesLeft":0,"endpoints":[
        {"endpoint":"10.0.0.2:80","weight":1,"state":"ejected","why":"trial_failed",
         "since":"2026-05-01T11:59:56Z","until":"2026-05-01T12:00:06Z","ejections":2,"active":0},
        {"endpoint":"10.0.0.3:80","weight":1,"state":"unhealthy","why":"status 503","active":0}]}]}
      """;

  private static String printed(String page, @Nullable String only) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out);
    Terminal terminal = new Terminal(writer, writer, false);
    UpstreamsCommand.print(terminal, ListedUpstreams.parse(page.getBytes(UTF_8)), only);
    writer.flush();
    return out.toString().replace(System.lineSeparator(), "\n");
  }

  @Test
  void areShownAsATableWithWhatIsWrongBelow() {
    assertThat(printed(PAGE, null).lines().map(String::stripTrailing))
        .containsExactly(
            "UPSTREAM  ENDPOINT     STATE      UNTIL                 ACTIVE  WHY",
            "a         10.0.0.1:80  serving    -                     7",
            "b         10.0.0.2:80  ejected    2026-05-01T12:00:06Z  0       trial_failed, 2 times",
            "b         10.0.0.3:80  unhealthy  -                     0       status 503",
            "b: too few serve, so all endpoints are used",
            "b: the circuit breaker is half open",
            "a: 7 of 7 requests at once, 2 wait",
            "b: 12 retries and 3 hedges so far; the budget has room for 0");
  }

  @Test
  void areShownOneByOne() {
    assertThat(printed(PAGE, "a")).contains("10.0.0.1:80").doesNotContain("10.0.0.2:80", "b:");
    assertThat(printed(PAGE, "c")).isEqualTo("no upstream 'c'\n");
    assertThat(printed("{\"now\":\"x\",\"upstreams\":[]}", null)).isEqualTo("no upstreams\n");
  }

  @Test
  void mayTellOfMoreThanIsKnownHere() {
    String page =
        "{\"upstreams\":[{\"name\":\"a\",\"new\":1,\"panic\":false,\"endpoints\":[{\"endpoint\":\"h:1\",\"zone\":\"z\"}]}]}";
    assertThat(printed(page, null)).contains("h:1");
  }
}
