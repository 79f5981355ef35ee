package dev.headgate.policy.jsonthreats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.content.CheckedBodies.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is JSON within limits and what is not, however it is split. */
class JsonCheckTest {
  private static final HashKey KEY = new HashKey(1, 2);
  private static final JsonThreats WIDE = JsonTexts.limits(1000, 1 << 20, 1 << 30, 1 << 30);

  /** What is said of a text that is split at these places: {@code passed} or a reason. */
  static String verdict(JsonThreats limits, byte[] text, int... splits) {
    JsonCheck check = new JsonCheck(limits, KEY);
    int from = 0;
    for (int i = 0; i <= splits.length; i++) {
      int to = i == splits.length ? text.length : splits[i];
      byte[] piece = new byte[to - from + 3];
      Arrays.fill(piece, (byte) '"');
      System.arraycopy(text, from, piece, 2, to - from);
      Refusal refusal = check.put(piece, 2, 2 + to - from);
      if (refusal != null) {
        return refusal.reason();
      }
      from = to;
    }
    Refusal refusal = check.end();
    return refusal == null ? "passed" : refusal.reason();
  }

  /** The verdict, which is the same byte by byte and wherever the text is cut in two. */
  static String verdict(JsonThreats limits, byte[] text) {
    String verdict = verdict(limits, text, new int[0]);
    int[] everywhere = new int[text.length];
    for (int i = 0; i < text.length; i++) {
      everywhere[i] = i;
      assertThat(verdict(limits, text, i)).as("cut at %s", i).isEqualTo(verdict);
    }
    assertThat(verdict(limits, text, everywhere)).isEqualTo(verdict);
    return verdict;
  }

  private static String verdict(JsonThreats limits, String text) {
    return verdict(limits, text.getBytes(StandardCharsets.UTF_8));
  }

  private static String wide(String text) {
    return verdict(WIDE, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "0",
        "-0",
        "1.5e+3 ",
        "\"\"",
        "true",
        " false\n",
        "null",
        "[]",
        "{}",
        "[[],{}]",
        "{\"a\":{\"a\":1},\"b\":[1,\"x\",true,null]}",
        "\"\\u00e4\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\u00e4\u20ac\ud83d\ude00\u007f\"",
        "[1,2,3]",
        "{\"\":1}",
        "\"\\ud800\"",
        "1E9",
        "123"
      })
  void whatIsJsonPasses(String text) {
    assertThat(wide(text)).isEqualTo("passed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        " ",
        "01",
        "-",
        "1.",
        ".1",
        "1e",
        "1e+",
        "+1",
        "--1",
        "0x1",
        "NaN",
        "tru",
        "truE",
        "nul",
        "true false",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "]",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "{a:1}",
        "{1:1}",
        "{\"a\" 1}",
        "{\"a\":1]",
        "[1}",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\n\"",
        "\"\u0000\"",
        "'a'",
        "\ufeff1",
        "1 // c",
        "[1]x",
        "{\"a\":1}{}",
        "\"a\"\"b\"",
        "\u00e4",
        "1,",
        ":"
      })
  void whatIsNoJsonIsRefused(String text) {
    assertThat(wide(text)).isEqualTo("json.malformed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c080",
        "c1bf",
        "e08080",
        "e09fbf",
        "eda080",
        "edbfbf",
        "f0808080",
        "f08fbfbf",
        "f4908080",
        "f5808080",
        "ff",
        "80",
        "bf",
        "c3",
        "c328",
        "e282",
        "e28228",
        "f09f98",
        "f09f9828"
      })
  void whatIsNoUtf8IsRefused(String hex) {
    byte[] wrong = HexFormat.of().parseHex(hex);
    byte[] text = new byte[wrong.length + 2];
    text[0] = '"';
    System.arraycopy(wrong, 0, text, 1, wrong.length);
    text[text.length - 1] = '"';
    assertThat(verdict(WIDE, text)).isEqualTo("json.malformed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[[[[1]]]]; passed",
        "[[[[[1]]]]]; json.too_deep",
        "{'a':{'a':{'a':{'a':{}}}}}; json.too_deep",
        "[[],[],[]]; passed",
        "{'a':1,'b':2,'c':3}; passed",
        "{'a':1,'b':2,'c':3,'d':4}; json.too_many_keys",
        "{'12345':1}; passed",
        "{'123456':1}; json.key_too_long",
        "{'\\u00e4':1}; json.key_too_long",
        "[1,2,3,4]; passed",
        "[1,2,3,4,5]; json.too_many_items",
        "'12345678'; passed",
        "'123456789'; json.string_too_long",
        "'1234567\u00e4'; json.string_too_long",
        "12345; passed",
        "123456; json.number_too_long",
        "-1.5e4; json.number_too_long",
        "1e400; passed",
        "1e401; json.exponent_too_large",
        "-1e-9; passed",
        "[1E999]; json.exponent_too_large",
        "[[1,1,1,1],[1,1,1,1]]; json.too_many_values",
        "{'a':1,'a':2}; json.duplicate_key",
        "{'a':1,'\\u61':2}; json.malformed",
        "{'a':{'b':1},'b':2}; passed",
        "{'':1,'':2}; json.duplicate_key"
      })
  void eachLimitHasAReason(String text, String reason) {
    JsonThreats limits = JsonTexts.limits(4, 3, 4, 10, 5, 8, 5);
    assertThat(verdict(limits, text.replace('\'', '"'))).isEqualTo(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "a, \\u0061",
    "\u00e4, \\u00e4",
    "\u00e4, \\u00E4",
    "\u20ac, \\u20ac",
    "\ud83d\ude00, \\ud83d\\ude00",
    "/, \\/",
    "\\n, \\u000a",
    "\\ud800, \\udfff",
    "\\ud800, \ufffd",
    "\\ud800\\u0061, \\udc00a",
    "\\ud800\\ud83d\\ude00, \\ufffd\ud83d\ude00"
  })
  void keysThatAreTheSameWithoutTheirEscapesAreTheSame(String one, String other) {
    String text = "{\"" + one + "\":1,\"x\":2,\"" + other + "\":3}";
    assertThat(wide(text)).isEqualTo("json.duplicate_key");
  }

  @Test
  void aKeyIsFoundAgainInALargeObjectWithLargeObjectsInIt() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < 300; i++) {
      text.append("\"k").append(i).append("\":{");
      for (int j = 0; j < (i % 40); j++) {
        text.append(j == 0 ? "" : ",").append("\"k").append(j).append("\":1");
      }
      text.append("},");
    }
    for (int again : new int[] {0, 15, 16, 17, 150, 299}) {
      assertThat(
              verdict(WIDE, (text + "\"k" + again + "\":1}").getBytes(StandardCharsets.UTF_8), 0))
          .isEqualTo("json.duplicate_key");
    }
    assertThat(verdict(WIDE, (text + "\"new\":1}").getBytes(StandardCharsets.UTF_8), 0))
        .isEqualTo("passed");
  }

  @Test
  void theVerdictIsJacksonsHoweverTheTextIsSplit() {
    Random random = new Random(42);
    JsonThreats[] limits = {WIDE, JsonTexts.limits(4, 20, 3, 30)};
    int passed = 0;
    for (int i = 0; i < 30_000; i++) {
      byte[] text = JsonTexts.text(random).getBytes(StandardCharsets.UTF_8);
      JsonThreats some = limits[i % 2];
      int cut = text.length == 0 ? 0 : random.nextInt(text.length);
      int other = text.length == 0 ? 0 : random.nextInt(cut, text.length);
      String verdict = verdict(some, text, new int[0]);
      assertThat(verdict(some, text, cut, other)).isEqualTo(verdict);
      assertThat(verdict.equals("passed"))
          .as("%s %s", new String(text, StandardCharsets.UTF_8), verdict)
          .isEqualTo(SlowJson.passes(text, some));
      passed += verdict.equals("passed") ? 1 : 0;
    }
    assertThat(passed).isBetween(5_000, 25_000);
  }

  @Test
  void whatIsKeptDoesNotGrowWithWhatComes() {
    JsonCheck check = new JsonCheck(JsonTexts.limits(20, 1000, 1 << 30, 1 << 30), KEY);
    byte[] piece =
        "[1,\"some text\",{\"a\":true,\"b\":null}],"
            .repeat(200)
            .getBytes(StandardCharsets.US_ASCII);
    assertThat(check.put(new byte[] {'['}, 0, 1)).isNull();
    for (int i = 0; i < 10_000; i++) {
      assertThat(check.put(piece, 0, piece.length)).isNull();
    }
    assertThat(check.kept()).isLessThan(1000);
  }

  @Test
  void anAttackerDecidesNotHowMuchIsKept() {
    JsonThreats limits = JsonTexts.limits(20, 1000, 1 << 30, 1 << 30, 200, 1000, 40);
    byte[] nines = "9".repeat(8192).getBytes(StandardCharsets.US_ASCII);
    for (String begin : new String[] {"", "\"", "{\"", "[\""}) {
      JsonCheck check = new JsonCheck(limits, KEY);
      assertThat(check.put(begin.getBytes(StandardCharsets.US_ASCII), 0, begin.length())).isNull();
      assertThat(check.put(nines, 0, nines.length)).isNotNull();
      assertThat(check.kept()).isLessThan(1000);
    }
    JsonCheck check = new JsonCheck(limits, KEY);
    StringBuilder deep = new StringBuilder();
    for (int depth = 0; depth < 20; depth++) {
      deep.append('{');
      for (int i = 0; i < 999; i++) {
        deep.append("\"k").append(i).append("\":1,");
      }
      deep.append("\"k\":");
    }
    byte[] text = deep.toString().getBytes(StandardCharsets.US_ASCII);
    assertThat(check.put(text, 0, text.length)).isNull();
    assertThat(check.kept()).isLessThan(1 << 20);
  }
}
