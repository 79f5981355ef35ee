package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonBytesTest {
  @Test
  void keepsEveryCharacter() {
    for (int c = 0; c < 0x10000; c++) {
      if (!Character.isSurrogate((char) c)) {
        String text = "a" + (char) c + "b";
        assertThat(parsed(text)).isEqualTo(text);
      }
    }
  }

  @Test
  void keepsCharactersBeyondTheFirstPlane() {
    for (int c = 0x10000; c <= 0x10ffff; c += 0x3fff) {
      String text = "a" + Character.toString(c) + "b";
      assertThat(parsed(text)).isEqualTo(text);
    }
  }

  @Test
  void replacesHalvesOfSurrogatePairs() {
    assertThat(parsed("a\ud83db")).isEqualTo("a\ufffdb");
    assertThat(parsed("a\ude00b")).isEqualTo("a\ufffdb");
    assertThat(parsed("\ude00\ud83d")).isEqualTo("\ufffd\ufffd");
    assertThat(parsed("x\ud83d")).isEqualTo("x\ufffd");
  }

  @Test
  void writesNoControlCharacterAndNoLineSeparatorAsItself() {
    for (int c = 0; c < 0xa0; c++) {
      if (c < 0x20 || c >= 0x7f) {
        assertThat(written(Character.toString(c))).isEqualTo("\\u%04x".formatted(c));
      }
    }
    assertThat(written("\u2028\u2029")).isEqualTo("\\u2028\\u2029");
  }

  @Test
  void writesNoMoreThanItsBound() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      String text =
          random
              .ints(random.nextInt(1, 12), 0, 0x3000)
              .collect(StringBuilder::new, (s, c) -> s.append((char) c), StringBuilder::append)
              .toString();
      byte[] exact = new byte[JsonBytes.WORST * text.length()];
      JsonBytes out = new JsonBytes(exact);
      out.text(text, text.length());
      assertThat(Json.object("{\"t\":\"" + string(exact, out.position()) + "\"}"))
          .isEqualTo(Map.of("t", text));
    }
  }

  @Test
  void showsWhereATextWasCut() {
    JsonBytes out = new JsonBytes(new byte[100]);
    out.text("abcdef", 3);
    assertThat(string(out.array(), out.position())).isEqualTo("abc\u2026");
  }

  @Test
  void readsBytesAsLatin1() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    JsonBytes out = new JsonBytes(new byte[6 * 256]);
    out.latin1(all, 256);
    assertThat(Json.object("{\"t\":\"" + string(out.array(), out.position()) + "\"}"))
        .isEqualTo(Map.of("t", new String(all, StandardCharsets.ISO_8859_1)));
  }

  @Test
  void writesNumbers() {
    for (long value : new long[] {0, 9, 10, 99, 100, 1_234_567_890_123L, Long.MAX_VALUE}) {
      JsonBytes out = new JsonBytes(new byte[30]);
      out.number(value);
      assertThat(string(out.array(), out.position())).isEqualTo(Long.toString(value));
    }
    JsonBytes out = new JsonBytes(new byte[30]);
    out.millis(1_002_003);
    assertThat(string(out.array(), out.position())).isEqualTo("1002.003");
  }

  private static @Nullable String parsed(String text) {
    return Json.object("{\"t\":\"" + written(text) + "\"}").get("t");
  }

  private static String written(String text) {
    JsonBytes out = new JsonBytes(new byte[6 * text.length()]);
    out.text(text, text.length());
    return string(out.array(), out.position());
  }

  private static String string(byte[] bytes, int length) {
    return new String(Arrays.copyOf(bytes, length), StandardCharsets.UTF_8);
  }
}
