package dev.headgate.policy.hmac;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.charset.StandardCharsets;

class HmacFuzzTest {
  @FuzzTest
  void whatAFieldSaysStandsInIt(byte[] field) {
    String text = new String(field, StandardCharsets.ISO_8859_1);
    Headers headers = new Headers();
    headers.add("x-signature", text);
    HeaderName name = HeaderName.of("x-signature");
    for (FieldPlace place :
        new FieldPlace[] {new FieldPlace(name, null), new FieldPlace(name, "v1")}) {
      for (String value : place.all(headers)) {
        assertThat(text).contains(value);
      }
      String only = place.only(headers);
      assertThat(only == null || text.contains(only)).isTrue();
    }
  }

  @FuzzTest
  void anyTextIsReadOrRefused(byte[] text) {
    String written = new String(text, StandardCharsets.UTF_8);
    try {
      SignedText read = SignedText.parse(written);
      assertThat(read.body() != SignedText.Body.NOTHING).isEqualTo(written.contains("{body"));
    } catch (IllegalArgumentException e) {
      assertThat(written).contains("{");
    }
  }
}
