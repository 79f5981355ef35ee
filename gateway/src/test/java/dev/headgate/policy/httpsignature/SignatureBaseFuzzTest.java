package dev.headgate.policy.httpsignature;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.exchange.Exchange;
import dev.headgate.policy.PolicyUnderTest;
import java.nio.charset.StandardCharsets;

class SignatureBaseFuzzTest {
  private static final PolicyUnderTest UNDER = new PolicyUnderTest(new HttpSignatureKind(), "", "");

  /** No value brings a line of its own with it: two requests never have the same base. */
  @FuzzTest
  void aBaseHasALineForEachComponentOrThereIsNone(FuzzedDataProvider data) {
    Exchange exchange =
        UNDER.request(
            "GET",
            "/" + printable(data),
            "X-A: " + printable(data),
            "X-A: " + printable(data),
            "Content-Digest: " + printable(data),
            "Signature: s=:AAAA:",
            "Signature-Input: s=" + printable(data));
    try {
      for (MessageSignature signature : MessageSignature.read(exchange.requestHeaders())) {
        signature.parameters();
        SignatureBase base = SignatureBase.of(exchange, signature.covered());
        String text = new String(base.bytes(), StandardCharsets.US_ASCII);
        assertThat(text.lines()).hasSize(base.components().size() + 1);
        assertThat(text).hasSizeLessThan(200_000);
        UNDER.ask(exchange);
      }
    } catch (Refused e) {
      assertThat(e.failure().status()).isEqualTo(401);
    }
  }

  /** What the gateway lets through as a field's value or a target. */
  private static String printable(FuzzedDataProvider data) {
    return data.consumeString(200).replaceAll("[^ -~\u00a0-\u00ff]", "");
  }
}
