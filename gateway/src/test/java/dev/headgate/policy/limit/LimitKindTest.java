package dev.headgate.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitKindTest {
  private static String report(String limit) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        stores: { shared: { redis: "redis://127.0.0.1:6379" } }
        policies: { few: { limit: { %s } } }
        routes: { r: { match: { path: /** }, auth: public, policies: [few], respond: {} } }
        """
            .formatted(limit);
    return problems(yaml);
  }

  private static String problems(String yaml) {
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
        .read("headgate.yaml", yaml)
        .problems()
        .report();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "per: client|rate",
        "rate: []|no rate",
        "rate: 100|as in '100/min'",
        "rate: 1/fortnight|the units of time are s, min, h and day",
        "rate: 1/s, burst: 0|burst",
        "rate: [1/s, 2/min], burst: 5|'burst' goes with one rate",
        "rate: 1/365day, burst: 1000000000|centuries",
        "rate: 1/s, algorithm: leaky_bucket|expected one of token_bucket, fixed_window",
        "rate: 1/s, algorithm: fixed_window, burst: 5|a window has no burst",
        "rate: 1/s, algorithm: fixed_window, maxDelay: 1s|nobody has a turn to wait for",
        "rate: 1/s, algorithm: sliding_window, store: shared, sync: leased|a window lends nothing",
        "rate: 1000001/s, algorithm: sliding_window|at most 1000000 in 31 days: 1000001/s",
        "rate: 1/32day, algorithm: sliding_window|use 'token_bucket' or 'fixed_window'",
        "rate: 1/s, per: []|what has a limit of its own",
        "rate: 1/s, per: cliend|did you mean 'client'",
        "rate: 1/s, per: path:tenant|few.limit.per[0]: the path of route 'r' captures no {tenant}",
        "rate: 1/s, per: [client, path:one]|few.limit.per[1]: the path of route 'r' captures no {one}",
        "rate: 1/s, per: \"path:\"|'path:' is nothing that can have a limit",
        "rate: 1/s, per: \"header:\"|'header:' is nothing that can have a limit",
        "rate: 1/s, per: \"header:a b\"|'a b' is not the name of a header field",
        "rate: 1/s, costHeader: \"x:\"|'x:' is not the name of a header field",
        "rate: 1/s, maxDelay: 1h|maxDelay",
        "rate: 1/s, keys: 10|keys",
        "rate: 1/s, store: shard|did you mean 'shared'?",
        "rate: 1/s, store: other|no store 'other'",
        "rate: 1/s, sync: leased|there is nobody to borrow from",
        "rate: 1/s, store: shared, sync: exactly|did you mean 'exact'",
        "rate: 1/s, store: shared, onStoreFailure: open|expected one of local, allow, deny",
      })
  void saysWhatIsWrong(String limit, String problem) {
    assertThat(report(limit)).contains(problem);
  }

  @Test
  void whatARouteCapturesIsKnownByItsName() {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { few: { limit: { rate: 1/s, per: path:%s } } }
        routes:
          free: { match: { path: /free/** }, auth: public, respond: {} }
          named: { match: { path: "/t/{tenant}/**" }, auth: public, policies: [few], respond: {} }
          inline:
            match: { path: "/i/{tenant}" }
            auth: public
            policies: [{ concurrency: { max: 1, per: path:%s } }]
            respond: {}
        """;
    assertThat(problems(yaml.formatted("tenant", "tenant"))).isEmpty();
    assertThat(problems(yaml.formatted("tenent", "tenant")))
        .contains("route 'named' captures no {tenent}", "did you mean 'tenant'?");
    assertThat(problems(yaml.formatted("tenant", "user")))
        .contains(
            "routes.inline.policies[0].concurrency.per[0]", "as in 'path: /tenants/{user}/**'");
  }

  @Test
  void takesTheLeastThatOneCanWrite() {
    assertThat(report("rate: 50/s")).isEmpty();
    assertThat(report("rate: 50/s, burst: 10, per: client")).isEmpty();
    assertThat(report("rate: [50/s, 1000000/31day], algorithm: sliding_window")).isEmpty();
    assertThat(report("rate: 1000000000/365day, algorithm: fixed_window")).isEmpty();
    assertThat(report("rate: 50/s, store: shared")).isEmpty();
    assertThat(report("rate: 50/s, store: shared, algorithm: fixed_window")).isEmpty();
    assertThat(report("rate: 50/s, store: shared, sync: leased, lease: 5%")).isEmpty();
  }
}
