package dev.headgate.digest;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyDigestsTest {
  private static final Failure MISMATCH = Failure.client(Stage.VALIDATE, 400, "mismatch", "");

  @Test
  void readsTheExamplesOfTheStandard() {
    byte[] body = "{\"hello\": \"world\"}\n".getBytes(StandardCharsets.US_ASCII);
    BodyDigests digests =
        Objects.requireNonNull(
            BodyDigests.read(
                "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:, sha-512="
                    + ":YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:, x=:AA:"));
    assertThat(digests.known()).isEqualTo(2);
    BodyInspector right = digests.inspector(MISMATCH);
    assertThat(right.piece(ByteBuffer.wrap(body))).isNull();
    assertThat(right.end()).isNull();
    BodyInspector wrong = digests.inspector(MISMATCH);
    assertThat(wrong.piece(ByteBuffer.wrap(body, 1, 5))).isNull();
    assertThat(wrong.end()).isEqualTo(MISMATCH);
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
    assertThat(BodyDigests.read(field)).isNull();
  }

  @Test
  void thereAreNotManyOfThem() {
    StringBuilder many = new StringBuilder("a=:AAAA:");
    for (int i = 0; i < 20; i++) {
      many.append(", a").append(i).append("=:AAAA:");
    }
    assertThat(BodyDigests.read(many.toString())).isNull();
  }

  @FuzzTest
  void anyFieldIsReadOrRefused(byte[] field) {
    BodyDigests digests = BodyDigests.read(new String(field, StandardCharsets.ISO_8859_1));
    if (digests != null) {
      assertThat(digests.known()).isLessThanOrEqualTo(2);
    }
  }
}
