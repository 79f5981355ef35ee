package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreAddressTest {
  @Test
  void readsOneThatIsAlone() {
    assertThat(StoreAddress.parse("redis://10.0.0.5"))
        .isEqualTo(new StoreAddress(false, false, List.of(new HostPort("10.0.0.5", 6379)), "", 0));
    assertThat(StoreAddress.parse("rediss://redis.internal:7000/12"))
        .isEqualTo(
            new StoreAddress(true, false, List.of(new HostPort("redis.internal", 7000)), "", 12));
    assertThat(StoreAddress.parse("redis://[::1]/").hosts().getFirst().port()).isEqualTo(6379);
  }

  @Test
  void readsOneThatSentinelsWatch() {
    StoreAddress address = StoreAddress.parse("redis-sentinel://a,b:7000,[::1]/2#main");

    assertThat(address.watched()).isTrue();
    assertThat(address.master()).isEqualTo("main");
    assertThat(address.database()).isEqualTo(2);
    assertThat(address.hosts()).extracting(HostPort::port).containsExactly(26379, 7000, 26379);
  }

  @Test
  void readsACluster() {
    StoreAddress address = StoreAddress.parse("rediss-cluster://a,b:7000");

    assertThat(address.cluster()).isTrue();
    assertThat(address.secure()).isTrue();
    assertThat(address.watched()).isFalse();
    assertThat(address.hosts()).extracting(HostPort::port).containsExactly(6379, 7000);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "127.0.0.1:6379|begin with",
        "http://127.0.0.1:6379|begin with",
        "redis:127.0.0.1|begin with",
        "redis://|host is missing",
        "redis://a b|host is missing or is no name",
        "redis://a:0|port must be",
        "redis://a:70000|host is missing or is no name",
        "redis://a,b|begin with 'redis-cluster://'",
        "redis-cluster://a/2|a Cluster has one database",
        "redis-cluster://a#main|only Sentinels know names",
        "redis://a#main|only Sentinels know names",
        "redis-sentinel://a|say after '#'",
        "redis://a/x|number of a database",
        "redis://a/1000|number of a database",
        "redis://a?timeout=1s|has no query",
        "redis://user:hunter2@a|under 'user' and 'password'",
      })
  void saysWhatIsWrongAndNeverQuotes(String url, String problem) {
    assertThatThrownBy(() -> StoreAddress.parse(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem)
        .message()
        .doesNotContain("hunter2");
  }

  @FuzzTest
  void neverThrowsAnythingElse(byte[] text) {
    try {
      StoreAddress address = StoreAddress.parse(new String(text, StandardCharsets.UTF_8));
      assertThat(address.hosts()).isNotEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
  }
}
