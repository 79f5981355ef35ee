package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OidcKindTest {
  private static final String LEAST =
      "issuer: \"https://idp\", client: { id: shop }, session: { key: \"${env:KEY}\" }";

  private static String report(String oidc, String route) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { login: { oidc: { %s } } }
        routes: { r: { match: { %s }, auth: login, respond: { body: in } } }
        """
            .formatted(oidc.replace("LEAST", LEAST), route);
    Secrets secrets = Secrets.of(Map.of("KEY", "hunter22".repeat(4), "SHORT", "hunter22"));
    return new ConfigReader(Policies.KINDS, secrets)
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "issuer: \"https://idp\", client: { id: shop }|'session' is missing",
        "issuer: \"https://idp\", session: { key: \"${env:KEY}\" }|'client' is missing",
        "issuer: idp, client: { id: shop }, session: { key: \"${env:KEY}\" }|expected an http or https URL",
        "issuer: \"http://idp.example\", client: { id: shop }, session: { key: \"${env:KEY}\" }|can log in as anybody",
        "issuer: \"https://idp/?a\", client: { id: shop }, session: { key: \"${env:KEY}\" }|has no query",
        "issuer: \"https://idp\", client: { id: shop }, session: { key: hunter22hunter22 }|reference",
        "issuer: \"https://idp\", client: { id: shop }, session: { key: \"${env:SHORT}\" }|shorter than 32 bytes",
        "issuer: \"https://idp\", client: { id: shop }, session: { key: \"${env:KEY}\", previousKeys: \"${env:SHORT}\" }|shorter than 32 bytes",
        "issuer: \"https://idp\", client: { id: shop }, session: { key: \"${env:KEY}\", cookie: session }|begins with __Host-",
        "issuer: \"https://idp\", client: { id: shop }, session: { key: \"${env:KEY}\", cookie: \"__Host-a.b\" }|is no name for a session",
        "issuer: \"https://idp\", client: { id: shop }, session: { key: \"${env:KEY}\", maxAge: 10m }|longer than a session lasts",
        "issuer: \"https://idp\", client: { id: \"\" }, session: { key: \"${env:KEY}\" }|id is empty",
        "LEAST, callback: callback|is no path",
        "LEAST, callback: /a//b|is no path",
        "LEAST, callback: /a?b|is no path",
        "LEAST, logout: /_login/callback|the same path",
        "LEAST, backChannelLogout: ended|is no path",
        "LEAST, backChannelLogout: /_login/logout|the same path",
        "LEAST, backChannelLogout: /_login/callback|the same path",
        "LEAST, afterLogout: \"https://evil\"|is no path",
        "LEAST, parameters: { state: a }|set for each login",
        "LEAST, algorithms: [HS256]|made with a secret",
        "LEAST, keys: { refresh: 1d, maxAge: 1h }|too old before they are fetched again",
        "LEAST, identityHeaders: { X: name }|claims.NAME",
      })
  void saysWhatIsWrong(String oidc, String problem) {
    assertThat(report(oidc, "path: /**")).contains(problem).doesNotContain("hunter22hunter22h");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report("LEAST", "path: /**")).isEmpty();
    assertThat(report("LEAST, callback: /a/in, logout: /a/out", "path: \"/a/{x}\"")).isEmpty();
    assertThat(report("LEAST, session: { key: \"${env:KEY}\", idle: off }", "path: /**"))
        .contains("twice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "path: /shop/**",
        "path: \"/_login/{a}/{b}\"",
        "path: /_login",
        "path: /**, methods: [POST]",
      })
  void saysIfNoRequestReachesTheCallback(String route) {
    assertThat(report("LEAST", route))
        .contains(
            "policies.login.oidc.callback", "no route with this policy takes GET /_login/callback");
  }

  @Test
  void warnsIfNoRequestReachesTheLogout() {
    assertThat(report("LEAST", "path: /**, methods: [GET]"))
        .contains("warning", "no route with this policy takes POST /_login/logout")
        .doesNotContain("backChannelLogout");
    assertThat(report("LEAST, backChannelLogout: /_login/ended", "path: /**, methods: [GET]"))
        .contains("warning", "no route with this policy takes POST /_login/ended");
  }
}
