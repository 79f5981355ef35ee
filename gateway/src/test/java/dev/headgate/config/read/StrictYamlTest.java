package dev.headgate.config.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.policy.Policies;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What YAML allows and a configuration does not. */
class StrictYamlTest {
  private static String report(String text) {
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of()))
        .read("h", text)
        .problems()
        .report();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          admin: &a off                | h:1:8: error: anchors are not taken
          admin: *a                    | h:1:8: error: aliases are not taken: '*a'
          admin: !!str off             | h:1:8: error: tags are not taken
          admin: ! off                 | h:1:8: error: tags are not taken
          admin: off~admin: off        | h:2:1: error: the key 'admin' is written twice
          admin: off~---~admin: off    | h:2:1: error: a second YAML document begins here
          - admin                      | h:1:1: error: a configuration is a mapping at its top
          text                         | h:1:1: error: a configuration is a mapping at its top
          ? [a]~: b                    | h:1:3: error: a key is a text, not a collection
          ? {a: b}~: b                 | h:1:3: error: a key is a text, not a collection
          <<: { admin: off }           | h:1:1: error: <<: unknown key '<<'
          admin:                       | error: admin: nothing is written here
          admin: ~~                    | error: admin: nothing is written here
          admin: [a                    | h:1:10: error: expected ',' or ']', but got <stream end>
          """)
  void refuses(String text, String problem) {
    assertThat(report(text.replace("~", "\n"))).contains(problem);
  }

  @Test
  void refusesNestingBeyondItsBoundWithoutFollowingIt() {
    assertThat(report("admin: " + "[".repeat(1_000_000))).contains("nested more than 40 deep");
    assertThat(report("admin:\n" + blocks(3000))).contains("nested more than 40 deep");
  }

  private static String blocks(int depth) {
    StringBuilder out = new StringBuilder();
    for (int i = 1; i < depth; i++) {
      out.repeat(' ', i).append("a:\n");
    }
    return out.toString();
  }

  @Test
  void refusesABillionLaughsWithoutExpandingThem() {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
      text.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(9)));
    }
    assertThat(report(text.toString())).contains("anchors are not taken");
  }

  @Test
  void namesTheCharacterThatYamlDoesNotAllow() {
    assertThat(report("admin: off\nx: a\u0007"))
        .contains("h:2:5: error: the character U+0007 is not allowed in YAML");
  }

  @Test
  void hintsAtSpacesWhereATabIndents() {
    assertThat(report("admin:\n\taddress: off")).contains("indent with spaces, not tabs");
  }

  @Test
  void takesTextsAsTheyAreWrittenNeverAsYamlGuesses() {
    String text =
        ConfigReaderTest.MINIMAL.replace(
            "headers: { content-type: text/plain }",
            "headers: { a: no, b: 1.10, c: 0x1F, d: 2001-01-01, e: true, f: 0o7 }");

    Reading reading = new ConfigReader(Policies.KINDS, Secrets.of(Map.of())).read("h", text);

    assertThat(((Reading.Accepted) reading).config().routes().toString())
        .contains("{a=no, b=1.10, c=0x1F, d=2001-01-01, e=true, f=0o7}");
  }

  @Test
  void takesAByteOrderMark() {
    assertThat(report("\ufeff" + ConfigReaderTest.MINIMAL)).isEmpty();
  }
}
