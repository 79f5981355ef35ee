package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.cli.ListedLimit.Offender;
import java.io.ByteArrayInputStream;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ListedLimitTest {
  @Test
  void readsWhatAGatewayTells() {
    String page =
        """
        {"limits":[{"limit":"burst","within":7,"delayed":1,"over":3,"later":true,
          "top":[{"who":"client 192.0.2.1","over":2,"atLeast":2},{"who":"client 192.0.2.2","over":1,"atLeast":0}]},
         {"limit":"fair","within":0,"delayed":0,"over":0,"top":[]}]}
        """;
    assertThat(ListedLimit.parse(new ByteArrayInputStream(page.getBytes(UTF_8))))
        .containsExactly(
            new ListedLimit(
                "burst",
                7,
                1,
                3,
                List.of(
                    new Offender("client 192.0.2.1", 2, 2),
                    new Offender("client 192.0.2.2", 1, 0))),
            new ListedLimit("fair", 0, 0, 0, List.of()));
  }
}
