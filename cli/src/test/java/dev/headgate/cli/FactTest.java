package dev.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.http.HeaderName;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Files that stand in for somebody's answer. */
class FactTest {
  private static final String WHOLE =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 7\r\nX-Empty:\r\n\r\nthe body\n";

  private static Answer.Answered read(String file) {
    return Fact.answer(file.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void aBodyIsAnAnswerThatAllIsWell() {
    Answer.Answered answer = read("{}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).asString().isEqualTo("{}");
    assertThat(read("").body()).isEmpty();
  }

  @Test
  void aWholeAnswerIsTakenAsItIs() {
    for (String file : new String[] {WHOLE, WHOLE.replace("\r\n", "\n")}) {
      Answer.Answered answer = read(file);
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.headers().get(HeaderName.RETRY_AFTER)).isEqualTo("7");
      assertThat(answer.body()).asString().isEqualTo("the body\n");
    }
  }

  @Test
  void whatBeginsLikeOneAndIsNoneIsRefused() {
    for (String file :
        new String[] {"HTTP/", "HTTP/1.1 200 OK", "HTTP/1.1 20\n\n", "HTTP/1.1 200\nnone\n\n"}) {
      assertThatThrownBy(() -> read(file)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  /** Whatever becomes of a file on its way here: an answer, or a refusal that says why. */
  @Test
  void noFileBreaksIt() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      byte[] file = WHOLE.getBytes(StandardCharsets.ISO_8859_1);
      for (int changes = random.nextInt(6); changes >= 0; changes--) {
        file[5 + random.nextInt(file.length - 5)] = (byte) random.nextInt(256);
      }
      try {
        assertThat(Fact.answer(file).status()).isBetween(200, 599);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("\n");
      }
    }
  }
}
