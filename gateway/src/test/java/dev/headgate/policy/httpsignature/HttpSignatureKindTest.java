package dev.headgate.policy.httpsignature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.jose.SigningKey;
import dev.headgate.policy.Policies;
import dev.headgate.policy.PolicyUnderTest;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpSignatureKindTest {
  private static String report(String policy, String credential) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { signed: { httpSignature: { %s } } }
        routes: { r: { match: { path: /** }, auth: signed, respond: { body: in } } }
        consumers:
          acme: { credentials: [{ httpSignature: { keyid: one, publicKey: k } }] }
          shop: { credentials: [{ httpSignature: { %s } }] }
        """
            .formatted(policy, credential);
    return new ConfigReader(
            Policies.KINDS,
            Secrets.of(Map.of("SHORT", "sesame", "LONG", "0123456789abcdef".repeat(2))))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "covers: \"@status\"|keyid: k, publicKey: k|nothing that can be demanded",
        "covers: \"@query-param\"|keyid: k, publicKey: k|nothing that can be demanded",
        "covers: \"content type\"|keyid: k, publicKey: k|nothing that can be demanded",
        "covers: [\"@method\", \"@path\"]|keyid: k, publicKey: k|another @authority",
        "tag: \"\u00fc\"|keyid: k, publicKey: k|printable ASCII",
        "maxAge: 2h|keyid: k, publicKey: k|1h",
        "identityHeaders: { X-A: name }|keyid: k, publicKey: k|claims.NAME",
        "''|keyid: one, publicKey: k|is also one of acme",
        "''|keyid: '', publicKey: k|is no key's name",
        "''|keyid: k|with a key or with a secret",
        "''|keyid: k, publicKey: k, secret: '${env:LONG}'|with a key or with a secret",
        "''|keyid: k, publicKey: k, algorithm: hmac-sha256|takes a secret",
        "''|keyid: k, secret: '${env:LONG}', algorithm: ed25519|takes a key",
        "''|keyid: k, secret: '${env:SHORT}'|too short",
        "''|keyid: k, secret: '${env:SHORT}', encoding: hex|as 'encoding' says",
        "''|keyid: k, publicKey: k, algorithm: none|rsa-pss-sha512",
      })
  void saysWhatIsWrong(String policy, String credential, String problem) {
    assertThat(report(policy, credential)).contains(problem).doesNotContain("sesame");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report("", "keyid: k, publicKey: k")).isEmpty();
  }

  @Test
  void aKeyThatCannotBeUsedIsNamedWithItsConsumer() throws Exception {
    KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
    small.initialize(1024);
    KeyPairGenerator curve = KeyPairGenerator.getInstance("EC");
    curve.initialize(new ECGenParameterSpec("secp521r1"));
    PolicyUnderTest under =
        new PolicyUnderTest(
                new HttpSignatureKind(),
                "",
                """
                acme: { credentials: [
                  { httpSignature: { keyid: a, publicKey: none.pem } },
                  { httpSignature: { keyid: b, publicKey: small.pem } },
                  { httpSignature: { keyid: c, publicKey: curve.pem } },
                  { httpSignature: { keyid: d, publicKey: ed.pem, algorithm: rsa-pss-sha512 } },
                  { httpSignature: { keyid: e, publicKey: text.pem } }
                ] }
                """)
            .file("small.pem", SigningKey.pem("PUBLIC KEY", small.generateKeyPair().getPublic()))
            .file("curve.pem", SigningKey.pem("PUBLIC KEY", curve.generateKeyPair().getPublic()))
            .file("ed.pem", MessageSigner.of(SignatureAlgorithm.ED25519).pem())
            .file("text.pem", "hello");
    assertThatThrownBy(under::policy).isInstanceOf(NullPointerException.class);
    assertThat(under.errors)
        .containsExactly(
            "the key 'a' of acme: 'none.pem' cannot be read: no such file",
            "the key 'b' of acme: 'small.pem' has an RSA key of 1024 bits, not 2048 to 8192",
            "the key 'c' of acme: 'curve.pem' has a key on another curve than P-256 and P-384",
            "the key 'd' of acme: 'ed.pem' has a key for ed25519",
            "the key 'e' of acme: 'text.pem' has no key");
  }
}
