package dev.headgate.content;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Places;
import dev.headgate.config.Problems;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContentTypeTest {
  private static String read(String value) {
    ContentType type = ContentType.parse(value);
    return type == null ? "none" : type.essence() + " " + type.charset();
  }

  @Test
  void typeAndCharsetAreRead() {
    assertThat(read("application/json")).isEqualTo("application/json null");
    assertThat(read("Application/JSON ; charset=UTF-8")).isEqualTo("application/json utf-8");
    assertThat(read("a/b;x=\"a;charset=y\\\"\";CHARSET=\"Latin1\";")).isEqualTo("a/b latin1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "json",
        "/",
        "a/",
        "/b",
        "a b/c",
        "a/b c",
        "a/b, c/d",
        "a/b; charset",
        "a/b;=c",
        "a/b;charset=utf-8;charset=utf-16"
      })
  void whatIsNoTypeIsNone(String value) {
    assertThat(read(value)).isEqualTo("none");
  }

  @Test
  void severalFieldsAreNone() {
    Headers headers = new Headers();
    assertThat(ContentType.of(headers)).isNull();
    headers.add(HeaderName.CONTENT_TYPE, "a/b");
    assertThat(ContentType.of(headers)).isEqualTo(new ContentType("a/b", null));
    headers.add(HeaderName.CONTENT_TYPE, "a/b");
    assertThat(ContentType.of(headers)).isNull();
  }

  @Test
  void patternsCoverSuffixesAndWholeTypes() {
    MediaTypes types = new MediaTypes(List.of("application/json", "application/*+json", "Text/*"));
    assertThat(types.has("application/json")).isTrue();
    assertThat(types.has("application/problem+json")).isTrue();
    assertThat(types.has("text/x")).isTrue();
    assertThat(types.has("application/json2")).isFalse();
    assertThat(types.has("image/x+json")).isFalse();
    assertThat(types.has("application/xml")).isFalse();
    assertThat(new MediaTypes(List.of("*/*")).has("a/b")).isTrue();
    assertThat(new MediaTypes(List.of()).has("a/b")).isFalse();
  }

  @Test
  void whatIsNoPatternIsReported() {
    for (String pattern :
        List.of(
            "*",
            "json",
            "a/*/b",
            "*/b",
            "a/b; c=d",
            "a/*+",
            "*+json",
            "a/*b",
            "*/*+json",
            "a/b*")) {
      Problems problems = new Problems(Places.NONE);
      MediaTypes.check("p.contentTypes", List.of(pattern), problems);
      assertThat(problems.hasErrors()).as(pattern).isTrue();
    }
    Problems problems = new Problems(Places.NONE);
    MediaTypes.check("p", List.of("a/b", "a/*", "a/*+c", "*/*"), problems);
    assertThat(problems.report()).isEmpty();
  }

  @Test
  void codingsAreUndoneFromTheLastToTheFirst() {
    Headers headers = new Headers();
    assertThat(Coding.of(headers)).isEmpty();
    headers.add("Content-Encoding", "deflate, identity");
    headers.add("content-encoding", "X-GZIP");
    assertThat(Coding.of(headers)).containsExactly(Coding.GZIP, Coding.DEFLATE);
    headers.add("content-encoding", "br");
    assertThat(Coding.of(headers)).isNull();
  }
}
