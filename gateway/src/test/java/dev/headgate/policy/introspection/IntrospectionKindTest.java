package dev.headgate.policy.introspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntrospectionKindTest {
  private static final String CLIENT = "client: { id: g, secret: \"${env:S}\" }";

  private static String report(String introspection) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { opaque: { introspection: { %s } } }
        routes: { r: { match: { path: /** }, auth: opaque, respond: { body: in } } }
        """
            .formatted(introspection.replace("CLIENT", CLIENT));
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of("S", "hunter22", "SPACE", "a b")))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "endpoint: \"https://i/x\", CLIENT|whom must a token be for",
        "endpoint: \"https://i/x\", audience: a|'client' is missing",
        "CLIENT, audience: a|'endpoint'",
        "endpoint: \"ftp://i/x\", CLIENT, audience: a|expected an http or https URL",
        "endpoint: \"https://u:p@i/x\", CLIENT, audience: a|expected an http or https URL",
        "endpoint: \"http://i.example/x\", CLIENT, audience: a|can read tokens",
        "endpoint: \"https://i/x\", CLIENT, audience: [a, any]|'any' makes the others pointless",
        "endpoint: \"https://i/x\", client: { secret: \"${env:S}\" }, audience: a|who is asking?",
        "endpoint: \"https://i/x\", client: { secret: \"${env:SPACE}\", method: bearer }, audience: a|printable ASCII",
        "endpoint: \"https://i/x\", client: { id: g, secret: literal }, audience: a|reference",
        "endpoint: \"https://i/x\", CLIENT, audience: a, onFailure: allow|'allowCached'",
        "endpoint: \"https://i/x\", CLIENT, audience: a, onFailure: allowCached, cache: { active: 1h, maxAge: 1m }|too old while they are fresh",
        "endpoint: \"https://i/x\", CLIENT, audience: a, signed: {}|whose keys",
        "endpoint: \"https://i/x\", CLIENT, audience: a, issuer: idp, signed: {}|or say with 'jwks'",
        "endpoint: \"https://i/x\", CLIENT, audience: a, issuer: i, signed: { jwks: k.json, algorithms: [HS256] }|takes a secret",
        "endpoint: \"https://i/x\", client: { secret: \"${env:S}\", method: bearer }, audience: a, issuer: \"https://i\", signed: {}|says whom it is for",
        "endpoint: \"https://i/x\", CLIENT, audience: a, tls: { verify: false }|not verified",
        "endpoint: \"https://i/x\", CLIENT, audience: a, from: { header: A, cookie: b }|only one of",
        "endpoint: \"https://i/x\", CLIENT, audience: a, identityHeaders: { X: name }|claims.NAME",
      })
  void saysWhatIsWrong(String introspection, String problem) {
    assertThat(report(introspection)).contains(problem).doesNotContain("hunter22");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report("endpoint: \"https://idp.example.com/introspect\", CLIENT, audience: a"))
        .isEmpty();
  }
}
