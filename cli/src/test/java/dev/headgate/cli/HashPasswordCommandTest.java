package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.secret.SlowHash;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class HashPasswordCommandTest {
  private static String hashOf(String input) throws IOException {
    StringWriter out = new StringWriter();
    Terminal terminal =
        new Terminal(new PrintWriter(out), new PrintWriter(new StringWriter()), false);
    new HashPasswordCommand(terminal, new ByteArrayInputStream(input.getBytes(UTF_8))).call();
    terminal.out().flush();
    return out.toString().strip();
  }

  @Test
  void printsTheHashOfTheFirstLine() throws Exception {
    for (String input :
        new String[] {"schl\u00fcssel", "schl\u00fcssel\n", "schl\u00fcssel\r\nb"}) {
      String hash = hashOf(input);
      assertThat(hash).startsWith("$argon2id$v=19$").doesNotContain("schl");
      assertThat(SlowHash.parse(hash).matches("schl\u00fcssel".getBytes(UTF_8))).isTrue();
    }
  }

  @Test
  void refusesWhatCannotBeAPassword() {
    for (String input : new String[] {"", "\nsecret", "a\tb", "a".repeat(513)}) {
      assertThatThrownBy(() -> hashOf(input)).isInstanceOf(IOException.class);
    }
  }
}
