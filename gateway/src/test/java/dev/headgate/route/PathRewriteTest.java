package dev.headgate.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.PathTemplate;
import dev.headgate.config.Route.Rewrite;
import dev.headgate.http.CanonicalPath;
import dev.headgate.http.RefusedPath;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathRewriteTest {
  @ParameterizedTest
  @CsvSource({
    "/orders/**, /v2/orders, /orders/7/x, /v2/orders/7/x",
    "/orders/**, /v2/orders, /orders, /v2/orders",
    "/orders/**, /v2/orders/, /orders/, /v2/orders/",
    "/orders/**, /, /orders/7, /7",
    "/orders/**, /, /orders, /",
    "/orders/{id}, /v2, /orders;x=1/7, /v2/7",
    "/{id}/x, /v2, /7/x, /v2/7/x",
    "/**, /v2, /, /v2/",
    "/a/b, /c/, /a/b, /c/",
    "/, /home, /, /home",
    "/caf%C3%A9/**, /ü, /caf%C3%A9/a, /%C3%BC/a",
  })
  void aPrefixTakesThePlaceOfTheFixedBeginning(
      String route, String prefix, String path, String rewritten) {
    PathRewrite rewrite = PathRewrite.of(PathTemplate.parse(route), new Rewrite(prefix, null));
    assertThat(rewrite.apply(path)).isEqualTo(rewritten);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/{x}/{y}, /{y}/{x}, /a/1/2, /2/1",
    "/a/{x}/**, /b/{**}, /a/1/2/3, /b/2/3",
    "/a/{x}/**, /b/{**}, /a/1, /b",
    "/a/{x}/**, /b/{**}, /a/1/, /b/",
    "/a/**, /{**}, /a, /",
    "/a/**, /{**}, /a/, /",
    "/a/**, /{**}, /a/b, /b",
    "/a/{x}, /o-{x}.json, /a/%20;v=1, /o-%20;v=1.json",
    "/a/{x}, /fixed, /a/1, /fixed",
  })
  void aTemplatePutsInWhatWasCaptured(String route, String to, String path, String rewritten) {
    PathRewrite rewrite = PathRewrite.of(PathTemplate.parse(route), new Rewrite(null, to));
    assertThat(rewrite.apply(path)).isEqualTo(rewritten);
  }

  @Test
  void whatComesOutIsCanonical() throws RefusedPath {
    PathTemplate route = PathTemplate.parse("/{a}/{b}/**");
    List<PathRewrite> rewrites =
        List.of("/{a}{b}", "/x.{a}", "/{b}.x/{**}", "/{a}/{**}", "/{b}-{a}/..x{a}/{**}").stream()
            .map(to -> PathRewrite.of(route, new Rewrite(null, to)))
            .toList();
    PathRewrite prefix = PathRewrite.of(route, new Rewrite("/p/", null));
    String[] pieces = {"/", "/", "a", "..", ".", "%2F", ";", "%5C", ";v", "%C3%A9", "b"};
    Random random = new Random(3);
    int tried = 0;
    while (tried < 5_000) {
      StringBuilder raw = new StringBuilder("/a");
      for (int i = random.nextInt(14); i >= 0; i--) {
        raw.append(pieces[random.nextInt(pieces.length)]);
      }
      String path;
      try {
        path = CanonicalPath.of(raw.toString());
      } catch (RefusedPath e) {
        continue;
      }
      if (Segments.at(path, 1).isEmpty()) {
        continue;
      }
      tried++;
      for (PathRewrite rewrite : rewrites) {
        String rewritten = rewrite.apply(path);
        assertThat(CanonicalPath.of(rewritten)).as(path).isSameAs(rewritten);
      }
      assertThat(CanonicalPath.of(prefix.apply(path))).isEqualTo("/p" + path);
    }
  }
}
