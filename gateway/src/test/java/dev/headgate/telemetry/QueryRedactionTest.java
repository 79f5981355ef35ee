package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QueryRedactionTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "access_token",
        "token",
        "api_key",
        "apikey",
        "apiKey",
        "API-KEY",
        "key",
        "password",
        "secret",
        "signature",
        "sig",
        "code",
        "client_secret",
        "id_token",
        "refresh_token",
        "X-Amz-Signature",
        "X-Amz-Security-Token",
        "X-Amz-Credential",
        "AWSAccessKeyId",
        "X-Goog-Signature",
        "user[password]",
        "user.password",
        "access%5Ftoken",
        "acce%73s_token",
        "%74oken",
        "TOKEN",
        "jwt",
        "SAMLResponse",
        "subscription-key",
        "code_verifier"
      })
  void hidesTheValuesOfParametersThatCarryCredentials(String name) {
    assertThat(shown("a=1&" + name + "=hunter2&b=2")).isEqualTo("a=1&" + name + "=***&b=2");
    assertThat(shown(name + "=hunter2")).isEqualTo(name + "=***");
    assertThat(shown("x;" + name + "=hunter2")).isEqualTo("x;" + name + "=***");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=1&b=2",
        "",
        "&",
        "=",
        "a",
        "a=",
        "=b",
        "&&a==b&",
        "zip_code=8000",
        "sort_key=id",
        "keyword=x",
        "monkey=y",
        "q=token",
        "tokens=5",
        "a;b=1;c"
      })
  void leavesAllElseAsItIs(String query) {
    assertThat(shown(query)).isEqualTo(query);
  }

  @Test
  void hidesWhatTheConfigurationNames() {
    assertThat(shown("customerId=7&iban=CH93&x=1", "customer_id", "IBAN"))
        .isEqualTo("customerId=***&iban=***&x=1");
  }

  @Test
  void hidesAValueToItsEndWhateverItHolds() {
    assertThat(shown("token=a=b;c=d&e=f")).isEqualTo("token=***&e=f");
    assertThat(shown("token=%26x")).isEqualTo("token=***");
    assertThat(shown("token=&b=1")).isEqualTo("token=***&b=1");
  }

  @Test
  void hidesTheValueOfANameThatIsTooLongToCompare() {
    String name = "n".repeat(65);
    assertThat(shown(name + "=v")).isEqualTo(name + "=***");
  }

  @Test
  void cutsLongQueriesWithoutShowingACredentialAtTheEdge() {
    assertThat(shown("abc=" + "x".repeat(2100))).isEqualTo("abc=" + "x".repeat(2044) + "\u2026");
    for (int before = 2030; before < 2060; before++) {
      String query = "p=" + "x".repeat(before) + "&token=hunter2hunter2hunter2";
      assertThat(shown(query)).doesNotContain("hunter").endsWith("\u2026");
    }
  }

  @Test
  void neverShowsASecretWhateverIsAroundIt() {
    Random random = new Random(1);
    String alphabet = "ab&=;%5F+.[]";
    for (int i = 0; i < 50_000; i++) {
      StringBuilder query = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        query.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String before = query.append('&').toString();
      assertThat(shown(before + "api_key=hunter2")).doesNotContain("hunter");
    }
  }

  private static String shown(String query, String... more) {
    JsonBytes out = new JsonBytes(new byte[6 * (query.length() + 3)]);
    new QueryRedaction(List.of(more)).write(query, 2048, new byte[64], out);
    return new String(out.array(), 0, out.position(), StandardCharsets.UTF_8);
  }
}
