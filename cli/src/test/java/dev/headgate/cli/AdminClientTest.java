package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import org.junit.jupiter.api.Test;

final class AdminClientTest {
  private static AdminClient.Reload parse(String json) {
    return AdminClient.parse(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }

  @Test
  void readsProblemsAsAPersonWould() {
    AdminClient.Reload reload =
        parse(
            """
            {"ready":true,"revision":3,"lastReload":{"count":4,"new":{"a":[1]},"result":"refused",
             "problems":[{"severity":"error","file":"a.yaml","line":9,"column":1,"path":"rotes",
             "message":"unknown key","hint":"routes?"}]}}
            """);
    assertThat(reload.count()).isEqualTo(4);
    assertThat(reload.applied()).isFalse();
    assertThat(reload.problems())
        .containsExactly("a.yaml:9:1: error: rotes: unknown key\n  hint: routes?");
  }

  @Test
  void aGatewayThatNeverReloadedHasCountedNone() {
    assertThat(parse("{\"ready\":true}")).isEqualTo(AdminClient.Reload.NONE);
  }
}
