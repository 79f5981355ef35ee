package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.Template.Text;
import dev.headgate.config.Template.Variable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
  private static final PathTemplate ROUTE = PathTemplate.parse("/orders/{id}/**");

  @Test
  void cutsAPathIntoTextAndVariables() {
    assertThat(Template.path("/v2/o-{id}.json/ü/{**}", ROUTE).parts())
        .containsExactly(
            new Text("/v2/o-"), new Variable("id"), new Text(".json/%C3%BC/"), new Variable("**"));
    assertThat(Template.path("/", ROUTE).parts()).containsExactly(new Text("/"));
  }

  @ParameterizedTest
  @CsvSource({"/v2/orders, /v2/orders", "/v2/, /v2/", "/, /", "/%7ea/ü, /~a/%C3%BC"})
  void aPrefixIsFixedTextInCanonicalForm(String written, String canonical) {
    assertThat(Template.prefix(written)).isEqualTo(canonical);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "v2 | begins with '/'",
        "/{nobody} | known are {id}, {**}",
        "/{id | '{' without '}'",
        "/id} | '}' without '{'",
        "/{i d} | not a name",
        "/{**}/a | the last one",
        "/a-{**} | whole segment",
        "/../a | never match",
        "/.{id} | dots",
        "/{id}.. | dots",
        "/a//b | '//'",
        "/a?b | 'query'",
        "/{host} | not captured",
      })
  void refusesAPathThatCouldNotBeMade(String written, String hint) {
    assertThatThrownBy(() -> Template.path(written, ROUTE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(hint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://{host}{path}",
        "https://{host}{path}?{query}",
        "https://new.example.com/{id}/{**}?from={host}#top",
        "http://{host}:8080/x",
        "/other/{id}/{**}",
        "{path}?{query}",
      })
  void takesRedirects(String written) {
    assertThat(Template.redirect(written, ROUTE)).hasToString(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "ftp://a/ | begin with",
        "//evil.example | begin with",
        "{id}/a | begin with",
        "https://{id}.example.com/ | choose the host",
        "https://a.example{id}/ | choose the host",
        "https:// | host is missing",
        "https:///a | host is missing",
        "https://a/{x} | not captured",
        "https://a/ü | percent-encoded",
        "https://a/a{**} | follows a '/'",
        "/{**}/{**} | twice",
      })
  void refusesARedirectThatIsUnsafe(String written, String hint) {
    assertThatThrownBy(() -> Template.redirect(written, ROUTE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(hint);
  }

  @Test
  void aRouteWithoutCapturesSaysSo() {
    assertThatThrownBy(() -> Template.path("/{id}", PathTemplate.parse("/a")))
        .hasMessageContaining("captures nothing");
  }
}
