package dev.headgate.policy.basic;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Base64;

class BasicLoginFuzzTest {
  @FuzzTest
  void whatIsReadOfALoginIsWhatWasWritten(byte[] bytes) {
    BasicLogin login = BasicLogin.read(bytes, 0, bytes.length);
    if (login != null) {
      assertThat(BasicLogin.isUser(login.user())).isTrue();
      byte[] user = login.user().getBytes(UTF_8);
      byte[] both = new byte[user.length + 1 + login.password().length];
      System.arraycopy(user, 0, both, 0, user.length);
      both[user.length] = ':';
      System.arraycopy(login.password(), 0, both, user.length + 1, login.password().length);
      assertThat(Base64.getDecoder().decode(bytes)).isEqualTo(both);
    }
  }
}
