package dev.headgate.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.PathTemplate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectTargetTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      nullValues = "-",
      value = {
        "https://{host}{path} /a/1 q=1 https://h.example/a/1",
        "https://{host}{path}?{query} /a/1 q=1 https://h.example/a/1?q=1",
        "https://{host}{path}?{query} /a/1 - https://h.example/a/1",
        "https://{host}{path}?x=1&{query} /a/1 q https://h.example/a/1?x=1&q",
        "https://new.example/{id}/{**} /a/1/b/c - https://new.example/1/b/c",
        "https://new.example/{**} /a/1 - https://new.example",
        "/b/{id} /a/1;v=2 - /b/1;v=2",
        "/{**} /a/1 - /",
        "/{**} /a/1/ - /",
        "/{**}{path} /a/1/ - /a/1/",
        "/{path} /a/1 - /a/1",
        "{path}/ /a/1 - /a/1/",
      })
  void fillsInWhatTheRequestHas(String to, String path, String query, String location) {
    RedirectTarget target = new RedirectTarget(PathTemplate.parse("/a/{id}/**"), to);
    assertThat(target.apply("h.example", path, query)).isEqualTo(location);
  }

  @ParameterizedTest
  @CsvSource({"/{host}, /x", "/{path}, /x"})
  void aCaptureComesBeforeWhatTheRequestHasOfThatName(String route, String location) {
    String name = route.substring(1);
    RedirectTarget target = new RedirectTarget(PathTemplate.parse(route), "/" + name);
    assertThat(target.apply("h.example", "/x", null)).isEqualTo(location);
  }
}
