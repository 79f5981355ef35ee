package dev.headgate.policy.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import dev.headgate.jose.TokenOwners;
import dev.headgate.policy.Policies;
import dev.headgate.policy.introspection.Meaning.Token;
import java.util.List;
import java.util.Map;
import java.util.Objects;

class MeaningFuzzTest {
  private static final Meaning MEANING = meaning();

  private static Meaning meaning() {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { p: { introspection: { endpoint: "https://i/x", audience: orders, client: { id: g, secret: "${env:S}" } } } }
        routes: { r: { match: { path: /** }, auth: p, respond: { body: in } } }
        """;
    Reading.Accepted read =
        (Reading.Accepted)
            new ConfigReader(Policies.KINDS, Secrets.of(Map.of("S", "s"))).read("h.yaml", yaml);
    Introspection config =
        (Introspection) Objects.requireNonNull(read.config().policies().get("p")).policy().config();
    return new Meaning(config, new TokenOwners("p", "introspection", Map.of()));
  }

  @FuzzTest
  void onlyAnAnswerThatSaysSoMakesATokenActive(byte[] json) {
    Map<String, Object> said;
    try {
      said = StrictJson.object(json);
    } catch (Malformed e) {
      return;
    }
    Reply<Token> reply = MEANING.of(said, 1_700_000_000_000L);
    if (reply instanceof Reply.Told<Token>(Token.Active active, var _)) {
      assertThat(said.get("active")).isEqualTo(true);
      Object audience = said.get("aud");
      assertThat(audience instanceof List<?> list ? list : List.of(audience))
          .asList()
          .contains("orders");
      assertThat(active.identity().policy()).isEqualTo("p");
    } else if (reply instanceof Reply.Failed<Token>(String why)) {
      assertThat(said.get("active")).isNotInstanceOf(Boolean.class);
      assertThat(why).isNotEmpty();
    }
  }
}
