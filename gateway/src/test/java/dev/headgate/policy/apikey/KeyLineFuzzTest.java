package dev.headgate.policy.apikey;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;

class KeyLineFuzzTest {
  /** Whatever stands in a file, what is read of a line is read again of what is written for it. */
  @FuzzTest
  void whatIsReadIsReadAgainFromWhatIsWritten(byte[] bytes) throws Exception {
    KeyTable.Builder keys = new KeyTable.Builder();
    try (KeyLines lines = new KeyLines(new ByteArrayInputStream(bytes))) {
      while (lines.next()) {
        KeyLine line;
        try {
          line = lines.parsed();
        } catch (KeyLine.Malformed e) {
          assertThat(e.getMessage()).isNotBlank();
          continue;
        }
        byte[] again = line.text().getBytes(UTF_8);
        KeyLine written = new KeyLine.Reader().read(again, again.length);
        assertThat(written.text()).isEqualTo(line.text());
        if (keys.add(line.hash(), line.key()) == KeyTable.NONE) {
          assertThat(keys.at(keys.size() - 1).id()).hasSameSizeAs(line.key().id());
        }
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
