package dev.headgate.policy.opa;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.callout.ChangedFields;
import dev.headgate.callout.Verdict;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import java.util.List;
import java.util.Map;

class ResultFuzzTest {
  private static final Result RESULTS = new Result(List.of("X-User"));

  @FuzzTest
  void onlyAResultThatSaysSoAllowsAndChangesOnlyWhatItMay(byte[] json) {
    Verdict verdict;
    Object result;
    try {
      result = StrictJson.object(json).get("result");
      if (result == null) {
        return;
      }
      verdict = RESULTS.verdict(result);
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
      return;
    }
    switch (verdict) {
      case Verdict.Allowed allowed -> {
        if (result instanceof Map<?, ?> object) {
          assertThat(object.containsKey("allow") ? object.get("allow") : object.get("allowed"))
              .isEqualTo(true);
        } else {
          assertThat(result).isEqualTo(true);
        }
        for (Verdict.Change change : allowed.upstream()) {
          assertThat(ChangedFields.may(change.name().text())).isTrue();
          assertThat(change.value() == null || change.name().text().equals("x-user")).isTrue();
        }
        allowed
            .client()
            .forEach(change ->
                assertThat(ChangedFields.may(change.name().text(), String.valueOf(change.value())))
                    .isTrue());
      }
      case Verdict.Refused refused -> assertThat(refused.status()).isBetween(300, 599);
    }
  }
}
