package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.PathTemplate.Capture;
import dev.headgate.config.PathTemplate.Literal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplateTest {
  @Test
  void readsLiteralsCapturesAndTheRest() {
    PathTemplate template = PathTemplate.parse("/repos/{owner}/{repo}/**");

    assertThat(template.segments())
        .containsExactly(new Literal("repos"), new Capture("owner"), new Capture("repo"));
    assertThat(template.rest()).isTrue();
    assertThat(template.names()).containsExactly("owner", "repo");
    assertThat(template.indexOf("repo")).isEqualTo(2);
    assertThat(template.indexOf("nobody")).isEqualTo(-1);
    assertThat(template.fixedSegments()).isEqualTo(1);
    assertThat(template).hasToString("/repos/{owner}/{repo}/**");
  }

  @Test
  void theRootIsOneEmptySegmentAndTheRestAloneIsNone() {
    assertThat(PathTemplate.parse("/").segments()).containsExactly(new Literal(""));
    assertThat(PathTemplate.parse("/**").segments()).isEmpty();
    assertThat(PathTemplate.parse("/a/").segments())
        .containsExactly(new Literal("a"), new Literal(""));
  }

  @ParameterizedTest
  @CsvSource({
    "/café, caf%C3%A9",
    "/caf%c3%a9, caf%C3%A9",
    "/%61b, ab",
    "/a b, a%20b",
    "/books:list, books:list",
    "/books%3alist, books%3Alist",
    "/a%2fb, a%2Fb",
    "/x[1]|y, x%5B1%5D%7Cy",
    "/%2A, %2A",
    "/100%25, 100%25",
  })
  void literalsAreKeptInTheFormThatRequestsHave(String written, String canonical) {
    assertThat(PathTemplate.parse(written).segments()).containsExactly(new Literal(canonical));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "orders | begins with '/'",
        "\"\" | begins with '/'",
        "/a//b | merged",
        "/**/a | at the end",
        "/a*/b | no meaning inside a segment",
        "/{a}-{b} | whole segment",
        "/v{a} | whole segment",
        "/{a}/{a} | twice",
        "/{} | letters",
        "/{9a} | letters",
        "/{**} | without braces",
        "/a/../b | never match",
        "/%2e/b | never match",
        "/a%zz | hexadecimal",
        "/a%4 | hexadecimal",
        "/a%00 | control",
        "/a%c3 | not UTF-8",
        "/a?b=1 | 'query'",
        "/a#b | '#'",
        "/a\\b | '/'",
        "/a;b=1 | path parameters",
      })
  void refusesWhatCouldNeverMatchAndSaysWhatToDo(String written, String hint) {
    assertThatThrownBy(() -> PathTemplate.parse(written))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(hint);
  }

  @Test
  void refusesWhatIsTooDeepOrTooLong() {
    assertThat(PathTemplate.parse("/a".repeat(64)).segments()).hasSize(64);
    assertThatThrownBy(() -> PathTemplate.parse("/a".repeat(65))).hasMessageContaining("64");
    assertThatThrownBy(() -> PathTemplate.parse("/" + "a".repeat(2048)))
        .hasMessageContaining("2048");
  }

  @Test
  void aCaptureIsWhatAnOriginWouldLookUp() {
    PathTemplate template = PathTemplate.parse("/tenants/{tenant}/orders/{order}/**");
    assertThat(template.captured("tenant", "/tenants/acme/orders/7/lines")).isEqualTo("acme");
    assertThat(template.captured("order", "/tenants/acme/orders/7/lines")).isEqualTo("7");
    assertThat(template.captured("order", "/tenants/acme/orders/7")).isEqualTo("7");
    assertThat(template.captured("tenant", "/tenants/acme;v=2/orders/7")).isEqualTo("acme");
    assertThat(template.captured("tenant", "/tenants/a%3Ab/orders/7")).isEqualTo("a:b");
    assertThat(template.captured("tenants", "/tenants/acme/orders/7")).isNull();
    assertThat(template.captured("order", "/tenants/acme")).isNull();
  }
}
