package dev.headgate.policy.extauthz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.UnknownFieldSet;
import dev.headgate.callout.ChangedFields;
import dev.headgate.callout.Verdict;
import dev.headgate.http.HeaderName;
import dev.headgate.jose.Malformed;
import java.io.IOException;
import java.util.Set;

class CheckResponseFuzzTest {
  @FuzzTest
  void whateverArrivesIsReadOrRefusedAndChangesOnlyWhatItMay(byte[] message) throws IOException {
    Verdict verdict;
    try {
      verdict =
          CheckResponse.verdict(
              new ProtoReader(message, 0, message.length), Set.of(HeaderName.of("x-user")));
    } catch (Malformed e) {
      return;
    }
    assertThat(UnknownFieldSet.parseFrom(message).asMap())
        .as("protobuf-java reads it too, and there is something in it")
        .isNotEmpty();
    if (verdict instanceof Verdict.Allowed allowed) {
      for (Verdict.Change change : allowed.upstream()) {
        assertThat(change.value() == null || change.name().text().equals("x-user")).isTrue();
        assertThat(ChangedFields.may(change.name().text())).isTrue();
      }
    }
  }
}
