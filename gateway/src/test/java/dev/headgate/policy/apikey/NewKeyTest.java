package dev.headgate.policy.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NewKeyTest {
  private final SecureRandom random = new SecureRandom();

  @Test
  void aKeyIsLongUnlikeAnyOtherAndBeginsWithItsId() {
    Set<String> keys = new HashSet<>();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      NewKey key = NewKey.make(random);
      assertThat(key.text())
          .matches("hg_[0-9A-Za-z]{8}_[0-9A-Za-z]{38}")
          .startsWith(key.id() + "_");
      assertThat(NewKey.isOne(key.text())).isTrue();
      assertThat(key.sha256()).matches("[0-9a-f]{64}");
      keys.add(key.text());
      ids.add(key.id());
    }
    assertThat(keys).hasSize(1000);
    assertThat(ids).hasSize(1000);
  }

  @Test
  void aKeyWithOneLetterChangedIsNone() {
    String key = NewKey.make(random).text();
    for (int i = 0; i < key.length(); i++) {
      String changed =
          key.substring(0, i) + (key.charAt(i) == 'x' ? 'y' : 'x') + key.substring(i + 1);
      assertThat(NewKey.isOne(changed)).as(changed).isFalse();
    }
    assertThat(NewKey.isOne(key + "x")).isFalse();
    assertThat(NewKey.isOne("")).isFalse();
  }

  @Test
  void whatIsPrintedByAccidentTellsNoKey() {
    NewKey key = NewKey.make(random);
    assertThat(key.toString()).contains(key.id()).doesNotContain(key.text());
  }
}
