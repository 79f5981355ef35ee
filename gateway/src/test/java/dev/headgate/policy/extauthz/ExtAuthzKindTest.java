package dev.headgate.policy.extauthz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtAuthzKindTest {
  private static String report(String policy) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { asked: { %s } }
        routes: { r: { match: { path: /** }, auth: public, policies: [asked], respond: { body: in } } }
        """
            .formatted(policy);
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of("T", "a token")))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "extAuthz: {}|'url' is missing",
        "extAuthz: { url: \"unix:/x\" }|expected an http or https URL",
        "extAuthz: { url: \"http://authz.example/x\" }|can decide in its place",
        "extAuthz: { url: \"https://a/x?y\", path: append }|appended to a query",
        "extAuthz: { url: \"https://a/x\", send: [\"a b\"] }|'a b' is not the name of a header field",
        "extAuthz: { url: \"https://a/x\", toUpstream: [Host] }|'Host' cannot be changed",
        "extAuthz: { url: \"https://a/x\", toUpstream: [X-Forwarded-For] }|Headgate writes it",
        "extAuthz: { url: \"https://a/x\", toUpstream: [Content-Type] }|is the caller's to say",
        "extAuthz: { url: \"https://a/x\", toClient: [Connection] }|'Connection' cannot be changed",
        "extAuthz: { url: \"https://a/x\", refusal: [Transfer-Encoding] }|cannot be changed",
        "extAuthz: { url: \"https://a/x\", identity: { X: name } }|claims.NAME",
        "extAuthz: { url: \"https://a/x\", onFailure: allow }|everybody is let through",
        "extAuthz: { url: \"https://a/x\", onFailure: open }|expected one of deny, allow",
        "extAuthz: { url: \"https://a/x\", failureStatus: 200 }|400",
        "extAuthz: { url: \"https://a/x\", cache: {} }|what do decisions depend on",
        "extAuthz: { url: \"https://a/x\", cache: { key: [pth] } }|'pth' is no part of a request",
        "extAuthz: { url: \"https://a/x\", cache: { key: [\"header:a b\"] } }|is no part of a request",
        "extAuthz: { url: \"https://a/x\", cache: { key: [path] } }|counts for all others",
        "extAuthz: { url: \"https://a/x\", tls: { verify: false } }|not verified",
        "extAuthz: { url: \"https://a/x\", protocol: grpc }|gRPC has a path of its own",
        "extAuthz: { url: \"https://a\", protocol: grpc, method: same }|are for HTTP",
        "extAuthz: { url: \"https://a\", protocol: grpc, toClient: X-A }|with gRPC the service says it",
        "opa: { url: \"https://a/authz\" }|usually below '/v1/data/'",
        "opa: { url: \"https://a/v1/data/x\", token: \"${env:T}\" }|printable ASCII without spaces",
        "opa: { url: \"https://a/v1/data/x\", token: literal }|reference",
        "opa: { url: \"https://a/v1/data/x\", toUpstream: [Via] }|cannot be changed",
        "opa: { url: \"https://a/v1/data/x\", onFailure: allow }|everybody is let through",
        "opa: { url: \"https://a/v1/data/x\", cache: { key: [query] } }|counts for all others",
      })
  void saysWhatIsWrong(String policy, String problem) {
    assertThat(report(policy)).contains(problem).doesNotContain("a token\"");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report("extAuthz: { url: \"http://127.0.0.1:9000/check\" }")).isEmpty();
    assertThat(report("opa: { url: \"http://127.0.0.1:8181/v1/data/orders/authz\" }")).isEmpty();
  }
}
