package dev.headgate.split;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Problem;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said about a split that cannot be. */
class SplitChecksTest {
  private static final String CONFIG =
      """
      listeners: { main: { address: "127.0.0.1:8080" } }
      upstreams:
        v1: { endpoints: ["http://10.0.0.1:8080"] }
        v2: { endpoints: ["http://10.0.0.2:8080"] }
      routes:
        shop:
          match: { path: "/shops/{shop}/**" }
          auth: public
          to: [{ upstream: v1, side: blue }, { upstream: v2, side: green }]
          split: %s
      """;

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          { stick: heder:x }            | stick | 'heder:x' is nothing that callers are told apart by | there are client, consumer, credential, host, header:NAME, cookie:NAME, claim:NAME, label:NAME, path:NAME
          { stick: header:a b }         | stick | 'a b' is not the name of a header field | as in 'x-request-id'
          { stick: path:shp }           | stick | the route's path captures no {shp} | did you mean 'shop'?
          { stick: consumer }           | stick | nobody is known on a public route: the client's address stands in |
          { active: gren }              | active | no side is named 'gren' | did you mean 'green'?
          { active: v1 }                | active | no side is named 'v1' | the sides are blue, green
          { active: blue, stick: client } | | with 'active' nothing is shared out | leave out 'stick' or 'active'
          { force: { by: header:x } }   | force[0] | any caller can send this: whose requests may be sent to a side by it? | as in 'when: "''testers'' in identity.groups"', or 'when: true' for everybody's
          { force: { by: cookie:x } }   | force[0] | any caller can send this: whose requests may be sent to a side by it? | as in 'when: "''testers'' in identity.groups"', or 'when: true' for everybody's
          { force: { by: client } }     | force[0].by | 'client' is nothing that names a side | there are header:NAME, cookie:NAME, consumer, claim:NAME, label:NAME
          { force: { by: claim:side } } | force[0].by | nobody is known on a public route: this never applies |
          {}\\n    fallback: {}         | fallback | exactly one of 'to' and 'respond' is needed |
          {}\\n    fallback: { to: v3 } | fallback.to | no upstream is named 'v3' | did you mean 'v1'?
          {}\\n    fallback: { to: v1, on: opn } | fallback.on[0] | 'opn' is nothing after which another answers | did you mean 'open'?
          {}\\n    fallback: { to: v1, on: 404 } | fallback.on[0] | '404' is nothing after which another answers | there are open, busy, connect_failure, timeout, reset, 429 and 5xx
          {}\\n    fallback: { respond: { status: 204, body: x } } | fallback.respond.body | an answer with status 204 has no body |
          { force: { by: header:x, values: { a: red }, when: true } } | force[0].values.a | no side is named 'red' | the sides are blue, green
          """)
  void isRefusedOrWarnedAbout(String split, String path, String message, String hint) {
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
            .read("h.yaml", CONFIG.formatted(split.replace("\\n", "\n")));
    assertThat(reading.problems().sorted()).as(reading.problems().report()).hasSize(1);
    String at = path == null ? "split" : path.startsWith("fallback") ? path : "split." + path;
    Problem problem = reading.problems().sorted().getFirst();

    assertThat(problem.path()).isEqualTo("routes.shop." + at);
    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.hint()).isEqualTo(hint == null ? "" : hint);
  }
}
