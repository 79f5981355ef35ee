package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CanonicalPathTest {
  private static final List<String> PIECES =
      List.of(
          "/",
          "/",
          "/",
          "/",
          "a",
          "b7",
          "..",
          ".",
          "%2e",
          "%2E",
          "%2F",
          "%5c",
          ";",
          ";v=1",
          "%41",
          "%7E",
          "~",
          "%c3%a9",
          "%f0%9f%98%80",
          "[",
          "|",
          "%3b",
          "%2B",
          "+",
          ":",
          "%25",
          "*");
  private static final List<String> BAD_PIECES =
      List.of(
          "%",
          "%4",
          "%zz",
          "\\",
          " ",
          "#",
          "?",
          "\u00e9",
          "%00",
          "%7f",
          "\n",
          "%c3",
          "%a9",
          "%c0%af",
          "%ed%a0%80",
          "%f4%90%80%80",
          "%\u0661\u0661");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/orders/7",
        "/a/b/",
        "/a.b/c..d/...",
        "/.well-known/acme",
        "/books:list/@me/a+b,(c)!*'$&=~_-",
        "/caf%C3%A9/%20/%2F/%25",
        "/a;v=1/b",
      })
  void aCanonicalPathIsReturnedAsTheSameObject(String path) throws RefusedPath {
    assertThat(CanonicalPath.of(path)).isSameAs(path);
  }

  @ParameterizedTest
  @CsvSource({
    "/%61%7eb, /a~b",
    "/caf%c3%a9, /caf%C3%A9",
    "/a%2fb%5cc, /a%2Fb%5Cc",
    "/books%3alist, /books%3Alist",
    "/[x]|y^z, /%5Bx%5D%7Cy%5Ez",
    "/a/./b, /a/b",
    "/a/../b, /b",
    "/a/b/.., /a/",
    "/a/., /a/",
    "/a/.., /",
    "/., /",
    "/a/%2e%2E/b, /b",
    "/a/.%2e, /",
    "//, /",
    "//a///b//, /a/b/",
    "/a//../b, /b",
    "/a/%2e/../%2e%2e%2e, /...",
  })
  void differentSpellingsOfOnePathBecomeOne(String raw, String canonical) throws RefusedPath {
    assertThat(CanonicalPath.of(raw)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "a path.not_absolute",
        "'' path.not_absolute",
        "* path.not_absolute",
        "/%00 path.control",
        "/a%0a path.control",
        "/%7F path.control",
        "/a\u0001b path.control",
        "/\u007f path.control",
        "/\u00e9 path.not_ascii",
        "/%c3 path.not_utf8",
        "/%c3/%a9 path.not_utf8",
        "/%c3a path.not_utf8",
        "/%c3%41 path.not_utf8",
        "/%a9 path.not_utf8",
        "/%c0%af path.not_utf8",
        "/%e0%80%af path.not_utf8",
        "/%ed%a0%80 path.not_utf8",
        "/%f4%90%80%80 path.not_utf8",
        "/%ff path.not_utf8",
        "/% path.bad_percent",
        "/%2 path.bad_percent",
        "/%2x path.bad_percent",
        "/%u002e path.bad_percent",
        "/a#b path.bad_character",
        "/a?b path.bad_character",
        "/a\\b path.backslash",
        "/.. path.above_root",
        "/a/../.. path.above_root",
        "/%2e%2e/a path.above_root",
        "//../a path.above_root",
        "/a/..;/b path.ambiguous",
        "/a/.;x/b path.ambiguous",
        "/a/;/b path.ambiguous",
        "/a/;x=1 path.ambiguous",
        "/a/..%2fb path.ambiguous",
        "/a/b%5c%2e. path.ambiguous",
        "/a/b%2f;x path.ambiguous",
        "/a/x%2F..;y%2Fz path.ambiguous",
      })
  void refusesWhatOriginsReadInTwoWays(String raw, String reason) {
    RefusedPath refused = catchThrowableOfType(RefusedPath.class, () -> CanonicalPath.of(raw));
    assertThat(refused.refusal().reason()).isEqualTo(reason);
    assertThat(refused.getStackTrace()).isEmpty();
  }

  @Test
  void refusesASpace() {
    RefusedPath refused = catchThrowableOfType(RefusedPath.class, () -> CanonicalPath.of("/a b"));
    assertThat(refused.refusal()).isEqualTo(PathRefusal.BAD_CHARACTER);
  }

  @Test
  void seesAndDecodesEncodedSlashes() throws RefusedPath {
    assertThat(CanonicalPath.hasEncodedSlash("/a%20%2F")).isTrue();
    assertThat(CanonicalPath.hasEncodedSlash("/a%5Cb")).isTrue();
    assertThat(CanonicalPath.hasEncodedSlash("/a%252F%C3%A9/2F")).isFalse();
    assertThat(CanonicalPath.hasEncodedSlash("/a/b")).isFalse();

    assertThat(CanonicalPath.withSlashesDecoded("/a%2Fb%5Cc%20")).isEqualTo("/a/b/c%20");
    assertThat(CanonicalPath.withSlashesDecoded("/a%2F/%2F%2Fb")).isEqualTo("/a/b");
    assertThat(CanonicalPath.withSlashesDecoded("/a%252Fb")).isEqualTo("/a%252Fb");
  }

  @Test
  void agreesWithThePlainReadingOfTheRules() {
    Random random = new Random(20_260_101);
    int accepted = 0;
    for (int i = 0; i < 60_000; i++) {
      String raw = randomPath(random);
      Optional<String> expected = SlowCanonicalPath.of(raw);
      assertThat(canonical(raw)).as(raw).isEqualTo(expected);
      accepted += expected.isPresent() ? 1 : 0;
    }
    assertThat(accepted).isBetween(12_000, 48_000);
  }

  @Test
  void isStableAndFreeOfWhatItResolves() throws RefusedPath {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      Optional<String> path = canonical(randomPath(random));
      if (path.isPresent()) {
        CanonicalPathFuzzTest.requireCanonical(path.get());
      }
    }
  }

  private static String randomPath(Random random) {
    StringBuilder raw = new StringBuilder("/");
    int pieces = random.nextInt(12);
    boolean bad = random.nextInt(10) == 0;
    for (int i = 0; i < pieces; i++) {
      List<String> from = bad && random.nextInt(4) == 0 ? BAD_PIECES : PIECES;
      raw.append(from.get(random.nextInt(from.size())));
    }
    return raw.toString();
  }

  private static Optional<String> canonical(String raw) {
    try {
      return Optional.of(CanonicalPath.of(raw));
    } catch (RefusedPath e) {
      return Optional.empty();
    }
  }
}
