package dev.headgate.policy.contentdigest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DigestsTest {
  @Test
  void readsTheExamplesOfTheStandard() throws Exception {
    byte[] body = "{\"hello\": \"world\"}\n".getBytes(StandardCharsets.US_ASCII);
    Map<String, byte[]> digests =
        Objects.requireNonNull(
            Digests.read(
                "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:, sha-512="
                    + ":YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:"));
    assertThat(digests).containsOnlyKeys("sha-256", "sha-512");
    assertThat(digests.get("sha-256")).isEqualTo(MessageDigest.getInstance("SHA-256").digest(body));
    assertThat(digests.get("sha-512")).isEqualTo(MessageDigest.getInstance("SHA-512").digest(body));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "sha-256",
        "sha-256=",
        "sha-256=:",
        "sha-256=AAAA",
        "sha-256=:A A=:",
        "sha-256=:AAAA:;x=1",
        "SHA-256=:AAAA:",
        "1a=:AAAA:",
        "a b=:AAAA:",
        "sha-256=:AAAA:,",
        "sha-256=:AAAA:, sha-256=:AAAA:",
        "=:AAAA:",
      })
  void refusesWhatIsNoDictionaryOfBytes(String field) {
    assertThat(Digests.read(field)).isNull();
  }

  @Test
  void thereAreNotManyOfThem() {
    StringBuilder many = new StringBuilder("a=:AAAA:");
    for (int i = 0; i < 20; i++) {
      many.append(", a").append(i).append("=:AAAA:");
    }
    assertThat(Digests.read(many.toString())).isNull();
  }

  @FuzzTest
  void anyFieldIsReadOrRefused(byte[] field) {
    Map<String, byte[]> digests = Digests.read(new String(field, StandardCharsets.ISO_8859_1));
    if (digests != null) {
      assertThat(digests).isNotEmpty().hasSizeLessThanOrEqualTo(16);
    }
  }
}
