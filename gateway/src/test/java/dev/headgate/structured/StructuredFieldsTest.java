package dev.headgate.structured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StructuredFieldsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a=1,b|a=1, b",
        "` a=1 ,\tb=?1  `|a=1, b",
        "a=?0;x;y=?0|a=?0;x;y=?0",
        "a=(1   2  );q=1.0|a=(1 2);q=1.0",
        "a=( )|a=()",
        "a=\"x\\\\y\\\"z\"|a=\"x\\\\y\\\"z\"",
        "a=-0|a=0",
        "a=-999999999999999|a=-999999999999999",
        "a=-0.050|a=-0.05",
        "a=00.1|a=0.1",
        "a=*tok/en:1;b=:AAE=:|a=*tok/en:1;b=:AAE=:",
        "a=:AAE:|a=:AAE=:",
        "a=@1659578233|a=@1659578233",
        "a=%\"f%c3%bc%25\"|a=%\"f%c3%bc%25\"",
        "*a_-.9=1|*a_-.9=1",
        "``|``",
      })
  void aDictionaryHasOneForm(String field, String canonical) throws Malformed {
    assertThat(FieldWriter.dictionary(FieldReader.dictionary(field))).isEqualTo(canonical);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",",
        "a=1,",
        "a=1,,b",
        "a=1 b",
        "A=1",
        "1=1",
        "=1",
        "a=",
        "a =1",
        "a= 1",
        "\ta=1",
        "a=1, a=2",
        "a=1;x;x=2",
        "a=1;X",
        "a=1 ;x",
        "a=(1",
        "a=(1\t2)",
        "a=(1\"x\")",
        "a=((1))",
        "a=(1,2)",
        "a=\"x",
        "a=\"\\n\"",
        "a=\"\t\"",
        "a=\"\u00fc\"",
        "a='x'",
        "a=-",
        "a=--1",
        "a=1.",
        "a=.1",
        "a=1.0000",
        "a=1234567890123.1",
        "a=1234567890123456",
        "a=:AA",
        "a=:A*==:",
        "a=:A A=:",
        "a=?2",
        "a=?",
        "a=@1.5",
        "a=@",
        "a=%x",
        "a=%\"%C3\"",
        "a=%\"%c3\"",
        "a=%\"x",
        "a=%\"%4\"",
        "a=%\"\u00fc\"",
        "a=\u0000",
        "\u0000",
      })
  void whatIsNoDictionaryIsRefused(String field) {
    assertThatThrownBy(() -> FieldReader.dictionary(field)).isInstanceOf(Malformed.class);
  }

  @Test
  void listsAndItemsAreReadToo() throws Malformed {
    assertThat(FieldWriter.list(FieldReader.list("a;q=1,  (b \"c\") ,?1")))
        .isEqualTo("a;q=1, (b \"c\"), ?1");
    assertThat(FieldWriter.of(FieldReader.item(" 5;a=1 "))).isEqualTo("5;a=1");
    assertThatThrownBy(() -> FieldReader.item("")).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> FieldReader.item("1, 2")).isInstanceOf(Malformed.class);
    assertThatThrownBy(() -> FieldReader.item("(1)")).isInstanceOf(Malformed.class);
  }

  @Test
  void aMistakeIsNamedByItsPlaceWithoutTheText() {
    assertThatThrownBy(() -> FieldReader.dictionary("a=1, b=secret=2"))
        .hasMessage("no ',' at character 14");
  }

  @Test
  void whateverIsWrittenIsReadAsTheSame() throws Malformed {
    Random random = new Random(11);
    for (int i = 0; i < 20_000; i++) {
      Map<String, Member> members = new LinkedHashMap<>();
      for (int n = random.nextInt(4); n > 0; n--) {
        members.put(key(random), member(random));
      }
      String text = FieldWriter.dictionary(members);
      assertThat(FieldWriter.dictionary(FieldReader.dictionary(text))).isEqualTo(text);
      assertThat(FieldReader.dictionary(text).keySet()).isEqualTo(members.keySet());
    }
  }

  private static Member member(Random random) {
    if (random.nextInt(3) > 0) {
      return item(random);
    }
    List<Member.Item> items = new ArrayList<>();
    for (int n = random.nextInt(4); n > 0; n--) {
      items.add(item(random));
    }
    return new Member.InnerList(items, parameters(random));
  }

  private static Member.Item item(Random random) {
    return new Member.Item(bare(random), parameters(random));
  }

  private static Map<String, Bare> parameters(Random random) {
    Map<String, Bare> parameters = new LinkedHashMap<>();
    for (int n = random.nextInt(3); n > 0; n--) {
      parameters.put(key(random), bare(random));
    }
    return parameters;
  }

  private static Bare bare(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> new Bare.Whole(random.nextLong(-999_999_999_999_999L, 1_000_000_000_000_000L));
      case 1 -> new Bare.Decimal(random.nextLong(-999_999_999_999_999L, 1_000_000_000_000_000L));
      case 2 -> new Bare.Text(text(random, ' ', '~'));
      case 3 -> new Bare.Token("t" + text(random, '#', '\''));
      case 4 -> new Bare.Bytes(text(random, ' ', 'z').getBytes(StandardCharsets.US_ASCII));
      case 5 -> new Bare.Flag(random.nextBoolean());
      case 6 -> new Bare.Date(random.nextInt());
      default -> new Bare.Display(text(random, '\u0001', '\u0400'));
    };
  }

  private static String key(Random random) {
    return text(random, 'a', 'c') + "x";
  }

  private static String text(Random random, char first, char last) {
    StringBuilder out = new StringBuilder();
    for (int n = random.nextInt(6); n > 0; n--) {
      out.append((char) random.nextInt(first, last + 1));
    }
    return out.toString();
  }

  @FuzzTest
  void anyFieldIsReadIntoWhatHasOneFormOrRefused(byte[] field) {
    String text = new String(field, StandardCharsets.ISO_8859_1);
    try {
      String once = FieldWriter.dictionary(FieldReader.dictionary(text));
      assertThat(FieldWriter.dictionary(FieldReader.dictionary(once))).isEqualTo(once);
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
    try {
      String once = FieldWriter.list(FieldReader.list(text));
      assertThat(FieldWriter.list(FieldReader.list(once))).isEqualTo(once);
    } catch (Malformed e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
