package dev.headgate.callout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.callout.Known.Worth;
import dev.headgate.exchange.CredentialHash;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KnownTest {
  private final Known<String> known = new Known<>(8);

  /** Hashes of one set; which set there is does not matter with eight places. */
  private static byte[] hash(int number) {
    byte[] hash = new byte[CredentialHash.LENGTH];
    new Random(number).nextBytes(hash);
    return hash;
  }

  private void put(int number, Worth worth, long expires) {
    known.put(hash(number), "v" + number, worth, expires, 100);
  }

  @Test
  void whatIsFoundIsWhatWasPutLastUnderThatVeryHash() {
    Random random = new Random(7);
    Known<Integer> large = new Known<>(1024);
    Map<Integer, Integer> model = new HashMap<>();
    int found = 0;
    for (int i = 0; i < 20_000; i++) {
      int number = random.nextInt(3000);
      if (random.nextBoolean()) {
        large.put(hash(number), i, random.nextBoolean() ? Worth.MUCH : Worth.LITTLE, 1000, 100);
        model.put(number, i);
      } else {
        Integer there = large.find(hash(number));
        if (there != null) {
          assertThat(there).isEqualTo(model.get(number));
          found++;
        }
      }
    }
    assertThat(found).isGreaterThan(1000);
  }

  @Test
  void whatWasNotUsedForLongestGivesWay() {
    for (int i = 0; i < 8; i++) {
      put(i, Worth.MUCH, 1000);
    }
    known.find(hash(0));
    put(8, Worth.MUCH, 1000);
    assertThat(known.find(hash(1))).isNull();
    assertThat(known.find(hash(0))).isEqualTo("v0");
    assertThat(known.find(hash(8))).isEqualTo("v8");
  }

  @Test
  void whatHasExpiredGivesWayFirstAndThenWhatMattersLittle() {
    for (int i = 0; i < 6; i++) {
      put(i, Worth.MUCH, 1000);
    }
    put(6, Worth.LITTLE, 1000);
    put(7, Worth.MUCH, 100);
    known.find(hash(6));
    put(8, Worth.MUCH, 1000);
    assertThat(known.find(hash(7))).isNull();
    put(9, Worth.LITTLE, 1000);
    assertThat(known.find(hash(6))).isNull();
    for (int i = 10; i < 100; i++) {
      put(i, Worth.LITTLE, 1000);
    }
    for (int i = 0; i < 6; i++) {
      assertThat(known.find(hash(i))).isEqualTo("v" + i);
    }
  }

  @Test
  void nothingIsRememberedWhereNothingShallBe() {
    Known<String> none = new Known<>(0);
    none.put(hash(1), "v", Worth.MUCH, 1000, 100);
    assertThat(none.find(hash(1))).isNull();
  }
}
