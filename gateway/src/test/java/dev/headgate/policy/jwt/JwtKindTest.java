package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JwtKindTest {
  private static String report(String jwt) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { idp: { jwt: { %s } } }
        routes: { r: { match: { path: /** }, auth: idp, respond: { body: in } } }
        """
            .formatted(jwt);
    return new ConfigReader(
            Policies.KINDS, Secrets.of(Map.of("SHORT", "hunter22", "S", "k".repeat(32))))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "issuer: \"https://i\"|whom must a token be for",
        "audience: a|'issuer'",
        "issuer: \"\", audience: a, jwks: keys.json|the issuer is empty",
        "issuer: accounts, audience: a|or say with 'jwks' where they are",
        "issuer: \"https://i\", audience: a, decryption: { keys: [] }|expected 1 to 4 keys, not 0",
        "issuer: \"https://i\", audience: a, decryption: { keys: k, algorithms: RSA1_5 }|expected one of",
        "issuer: \"https://i\", audience: [a, any]|'any' makes the others pointless",
        "issuer: \"https://i\", audience: a, jwks: \"ftp://i/k\"|expected an http or https URL",
        "issuer: \"https://i\", audience: a, jwks: \"https:///k\"|expected an http or https URL",
        "issuer: \"https://i\", audience: a, jwks: \"https://u:p@i/k\"|expected an http or https URL",
        "issuer: \"http://i.example\", audience: a|over http anybody on the way",
        "issuer: \"https://i\", audience: a, algorithms: [HS256]|HS256 needs a 'secret'",
        "issuer: \"https://i\", audience: a, algorithms: [none]|RS256",
        "issuer: i, audience: a, secret: \"${env:SHORT}\"|too short for HS256",
        "issuer: i, audience: a, secret: \"${env:S}\", algorithms: [HS512]|64 bytes",
        "issuer: i, audience: a, secret: \"${env:S}\", algorithms: [RS256]|takes a key",
        "issuer: i, audience: a, secret: \"${env:S}\", jwks: k.json|with a secret or with keys",
        "issuer: i, audience: a, secret: \"a literal secret that is long enough\"|reference",
        "issuer: \"https://i\", audience: a, from: { header: \"a b\" }|'a b' is not the name of a header field",
        "issuer: \"https://i\", audience: a, from: { header: Host }|'Host' cannot be changed",
        "issuer: \"https://i\", audience: a, from: { cookie: \"a;b\" }|'a;b' is not the name of a cookie",
        "issuer: \"https://i\", audience: a, from: { query: \"\" }|'' is not the name of a parameter",
        "issuer: \"https://i\", audience: a, identityHeaders: { \"x:\": subject }|'x:' is not the name of a header field",
        "issuer: \"https://i\", audience: a, identityHeaders: { Connection: subject }|'Connection' cannot be changed",
        "issuer: \"https://i\", audience: a, from: { header: A, cookie: b }|only one of",
        "issuer: \"https://i\", audience: a, keys: { refresh: 1h, maxAge: 1m }|too old before",
        "issuer: \"https://i\", audience: a, requireExpiry: false|good for ever",
        "issuer: \"https://i\", audience: a, keys: { tls: { verify: false } }|not verified",
        "issuer: \"https://i\", audience: a, identityHeaders: { X: name }|claims.NAME",
        "issuer: \"https://i\", audience: a, bound: yes|optional",
        "issuer: \"https://i\", audience: a, dpop: { nonceSecret: \"${env:S}\" }|there are no nonces",
        "issuer: \"https://i\", audience: a, dpop: { nonce: true, nonceSecret: \"${env:SHORT}\" }|too short",
        "issuer: \"https://i\", audience: a, dpop: { maxAge: 1h }|10m",
      })
  void saysWhatIsWrong(String jwt, String problem) {
    assertThat(report(jwt)).contains(problem).doesNotContain("hunter22");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(
            report(
                "issuer: \"https://idp.example.com\", audience: orders, jwks: \"https://idp.example.com/jwks\""))
        .isEmpty();
    assertThat(report("issuer: \"https://idp.example.com\", audience: orders")).isEmpty();
    assertThat(report("issuer: i, audience: any, secret: \"${env:S}\"")).isEmpty();
  }
}
