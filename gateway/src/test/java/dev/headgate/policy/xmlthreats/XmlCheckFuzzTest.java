package dev.headgate.policy.xmlthreats;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class XmlCheckFuzzTest {
  @FuzzTest
  void whatPassesTheJdkTakesTooHoweverItIsSplit(byte[] bytes) {
    boolean passes = XmlCheckTest.verdict(XmlCheckTest.WIDE, bytes, new int[0]).equals("passed");
    int[] everywhere = new int[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      everywhere[i] = i;
    }
    assertThat(XmlCheckTest.verdict(XmlCheckTest.WIDE, bytes, everywhere).equals("passed"))
        .isEqualTo(passes);
    if (passes && bytes.length > 0) {
      assertThat(XmlCheckTest.jdkTakes(bytes)).isTrue();
    }
  }
}
