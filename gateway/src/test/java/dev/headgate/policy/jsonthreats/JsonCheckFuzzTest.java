package dev.headgate.policy.jsonthreats;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class JsonCheckFuzzTest {
  private static final JsonThreats LIMITS = JsonTexts.limits(8, 20, 20, 100);
  private static final JsonThreats SHORT = JsonTexts.limits(8, 20, 20, 100, 4, 6, 5);

  @FuzzTest
  void anyBytesAreJudgedAsJacksonDoesHoweverTheyAreSplit(byte[] bytes) {
    if (bytes.length > 500) {
      return; // It is cut at every byte, which takes the square of that.
    }
    String verdict = JsonCheckTest.verdict(LIMITS, bytes);
    assertThat(verdict.equals("passed")).as(verdict).isEqualTo(SlowJson.passes(bytes, LIMITS));
    if (JsonCheckTest.verdict(SHORT, bytes).equals("passed")) {
      assertThat(verdict).isEqualTo("passed");
    }
  }
}
