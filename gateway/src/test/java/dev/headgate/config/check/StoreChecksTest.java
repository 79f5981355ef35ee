package dev.headgate.config.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StoreChecksTest {
  private static String report(String store) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        stores: { shared: { %s } }
        policies: { few: { limit: { rate: 1/s, store: shared } } }
        routes: { r: { match: { path: /** }, auth: public, policies: [few], respond: {} } }
        """
            .formatted(store);
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of("WORD", "hunter2")))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "timeout: 1s|redis",
        "redis: \"http://a\"|stores.shared.redis: not the URL of a Redis",
        "redis: \"redis://a,b\"|name one host; of a Cluster, begin with 'redis-cluster://'",
        "redis: \"http://a\"|begin with 'redis://'",
        "redis: \"redis://u:hunter2@a\"|write who logs in under 'user' and 'password'",
        "redis: \"redis://a\", password: hunter2|a secret is never written here",
        "redis: \"redis://a\", user: \"${env:WORD}\"|a user without a password",
        "redis: \"redis://a\", password: \"${env:WORD}\"|the password can be read on the way",
        "redis: \"redis://a\", sentinelPassword: \"${env:WORD}\"|not used: no Sentinels are asked",
        "redis: \"redis://a\", prefix: \"a b\"|a prefix is 1 to 64 characters",
        "redis: \"redis://a\", tls: { ca: ca.pem }|not used: the URL does not begin with 'rediss'",
        "redis: \"rediss://a\", tls: { verify: false }|certificates are not verified",
        "redis: \"redis://a\", timeout: 1h|timeout",
        "redis: \"redis://a\", timeot: 1s|did you mean 'timeout'",
      })
  void saysWhatIsWrong(String store, String problem) {
    assertThat(report(store)).contains(problem).doesNotContain("u:hunter2");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report("redis: \"redis://127.0.0.1:6379\"")).isEmpty();
    assertThat(report("redis: \"redis://127.0.0.1:6379\", password: \"${env:WORD}\"")).isEmpty();
  }
}
