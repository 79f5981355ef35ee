package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeadersTest {
  private final Headers headers = new Headers();

  @Test
  void findsFieldsWithoutCase() {
    headers.add("Content-TYPE", "a");
    headers.add("X-Own", "b");

    assertThat(headers.get(HeaderName.CONTENT_TYPE)).isEqualTo("a");
    assertThat(headers.get("x-OWN")).isEqualTo("b");
    assertThat(headers.get("x-ow")).isNull();
    assertThat(headers.valueIs(HeaderName.of("X-own"), "b")).isTrue();
  }

  @Test
  void writesFieldsInOrderWithTheirNamesAsTheyCame() {
    headers.add("B", "1");
    headers.add("a", "2");
    headers.add("B", "3");
    headers.remove(HeaderName.of("a"));
    ByteSink out = new ByteSink();
    headers.writeTo(out);
    assertThat(new String(out.array(), 0, out.length(), StandardCharsets.ISO_8859_1))
        .isEqualTo("B: 1\r\nB: 3\r\n");
  }

  @Test
  void showsNoValues() {
    headers.add("authorization", "secret");
    assertThat(headers.toString()).contains("authorization").doesNotContain("secret");
  }

  @Test
  void behavesAsAListOfFieldsDoes() {
    Random random = new Random(7);
    List<String> names =
        List.of("host", "Host", "x-a", "X-A", "x-b", "te", "content-length", "x-request-id");
    for (int round = 0; round < 300; round++) {
      headers.clear();
      List<String[]> model = new ArrayList<>();
      for (int step = 0; step < 30; step++) {
        String name = names.get(random.nextInt(names.size()));
        String value = Integer.toString(random.nextInt(1000));
        switch (random.nextInt(4)) {
          case 0, 1 -> {
            headers.add(name, value);
            model.add(new String[] {name, value});
          }
          case 2 -> {
            headers.set(HeaderName.of(name), value);
            model.removeIf(field -> field[0].equalsIgnoreCase(name));
            model.add(new String[] {name.toLowerCase(Locale.ROOT), value});
          }
          default -> {
            headers.remove(HeaderName.of(name));
            model.removeIf(field -> field[0].equalsIgnoreCase(name));
          }
        }
        List<String> expected = model.stream().map(field -> field[0] + "=" + field[1]).toList();
        List<String> actual = new ArrayList<>();
        headers.forEach((n, v) -> actual.add(n + "=" + v));
        assertThat(actual).isEqualTo(expected);
        assertThat(headers.size()).isEqualTo(model.size());
        assertThat(headers.all(HeaderName.of(name)))
            .isEqualTo(
                model.stream().filter(f -> f[0].equalsIgnoreCase(name)).map(f -> f[1]).toList());
      }
    }
  }
}
