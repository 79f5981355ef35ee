package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryTest {
  @ParameterizedTest
  @CsvSource({
    "a=1, a, 1",
    "b=2&a=1&a=3, a, 1",
    "a, a, ''",
    "a=, a, ''",
    "&&a=1, a, 1",
    "a=b=c, a, b=c",
    "%61=%C3%A9+x, a, é x",
    "a%20b=1, a b, 1",
    "a=%zz%4, a, %zz%4",
    "a=x;y, a, x;y",
  })
  void findsTheFirstParameterOfAName(String query, String name, String value) {
    assertThat(Query.first(query, name)).isEqualTo(value);
  }

  @Test
  void aParameterThatIsNotThereIsNull() {
    assertThat(Query.first("", "a")).isNull();
    assertThat(Query.first("aa=1&b=a=1", "a")).isNull();
    assertThat(Query.first("A=1", "a")).isNull();
  }

  @Test
  void ofAllTheFirstOfEachNameCounts() {
    assertThat(Query.all("a=1&b&a=2&&=x&c%20d=%C3%A9+e"))
        .isEqualTo(Map.of("a", "1", "b", "", "c d", "é e"));
    assertThat(Query.all("")).isEmpty();
  }
}
