package dev.headgate.policy.apikey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.CredentialList.Listed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTableTest {
  private static final Instant SINCE = Instant.parse("2026-01-01T00:00:00Z");

  private final KeyUses uses = new KeyUses(SINCE);

  private static byte[] hash(String key) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
  }

  private static KeyRecord record(int number) {
    return KeyRecord.of(
        "consumer-" + number / 3,
        "id-" + number,
        number % 2 == 0 ? List.of() : List.of("a", "j\u00fcrgen"),
        number % 5 == 0 ? SINCE : null,
        number % 7 == 0 ? SINCE.plusSeconds(number) : null);
  }

  private KeyTable table(int from, int to) throws Exception {
    KeyTable.Builder keys = new KeyTable.Builder();
    for (int i = from; i < to; i++) {
      assertThat(keys.add(hash("key " + i), record(i))).isEqualTo(KeyTable.NONE);
    }
    return keys.build("here", uses);
  }

  @Test
  void findsEveryKeyWithWhatIsKnownOfItAndNoOther() throws Exception {
    KeyTable table = table(0, 5000);
    for (int i = 0; i < 5000; i++) {
      int number = table.find(hash("key " + i));
      assertThat(number).isEqualTo(i);
      assertThat(table.key(number)).isEqualTo(record(i));
      assertThat(table.find(hash("key " + (5000 + i)))).isEqualTo(KeyTable.NONE);
    }
    assertThat(table(0, 0).find(hash("key 0"))).isEqualTo(KeyTable.NONE);
  }

  @Test
  void saysWhichKeyHasAHashAlready() throws Exception {
    KeyTable.Builder keys = new KeyTable.Builder();
    keys.add(hash("a"), record(1));
    keys.add(hash("b"), record(2));
    assertThat(keys.add(hash("b"), record(3))).isEqualTo(1);
    assertThat(keys.at(1)).isEqualTo(record(2));
    assertThat(keys.build("here", uses).size()).isEqualTo(2);
  }

  @Test
  void listsKeysWithTheirTimes() throws Exception {
    KeyTable table = table(0, 40);
    assertThat(table.at(35))
        .isEqualTo(
            new Listed("consumer-11", "id-35", SINCE, Instant.parse("2026-01-01T00:00:35Z"), null));
    table.noteUse(1, (int) SINCE.getEpochSecond());
    assertThat(table.at(1)).isEqualTo(new Listed("consumer-0", "id-1", null, null, SINCE));
    table.noteUse(1, (int) 4_000_000_000L);
    assertThat(table.at(1).lastUsed()).isEqualTo(Instant.ofEpochSecond(4_000_000_000L));
  }

  @Test
  void aTableThatTakesOverKnowsWhatTheOneBeforeKnowsAndHears() throws Exception {
    KeyTable before = table(0, 10);
    before.noteUse(3, 100);
    before.noteUse(9, 101);
    KeyTable after = table(3, 9);
    assertThat(after.at(0).lastUsed()).isEqualTo(Instant.ofEpochSecond(100));

    before.noteUse(4, 102);
    after.noteUse(2, 103);

    assertThat(after.at(1).lastUsed()).isEqualTo(Instant.ofEpochSecond(102));
    assertThat(before.at(5).lastUsed()).isEqualTo(Instant.ofEpochSecond(103));
    assertThat(table(0, 10).at(9).lastUsed()).isEqualTo(Instant.ofEpochSecond(101));
  }
}
