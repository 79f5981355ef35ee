package dev.headgate.route;

import static dev.headgate.route.Routes.change;
import static dev.headgate.route.Routes.exact;
import static dev.headgate.route.Routes.forMethods;
import static dev.headgate.route.Routes.get;
import static dev.headgate.route.Routes.match;
import static dev.headgate.route.Routes.onHost;
import static dev.headgate.route.Routes.present;
import static dev.headgate.route.Routes.regex;
import static dev.headgate.route.Routes.request;
import static dev.headgate.route.Routes.route;
import static dev.headgate.route.Routes.router;
import static dev.headgate.route.Routes.taker;
import static dev.headgate.route.Routes.withHeader;
import static dev.headgate.route.Routes.withQuery;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.Route.EncodedSlash;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {
  @Test
  void anEmptyRouterTakesNothing() {
    assertThat(taker(Router.empty(), get("/"))).isEqualTo("404");
  }

  @Test
  void textBeatsACaptureBeatsTheRestSegmentBySegmentFromTheLeft() {
    Router<String> router =
        router(
            route("all", "/**"),
            route("rest", "/a/**"),
            route("capture", "/a/{x}"),
            route("text", "/a/b"),
            route("left", "/a/b/{y}"),
            route("right", "/a/{x}/c"));

    assertThat(taker(router, get("/a/b"))).isEqualTo("text");
    assertThat(taker(router, get("/a/z"))).isEqualTo("capture");
    assertThat(taker(router, get("/a/z/z"))).isEqualTo("rest");
    assertThat(taker(router, get("/z"))).isEqualTo("all");
    assertThat(taker(router, get("/a/b/c"))).isEqualTo("left");
    assertThat(taker(router, get("/a/z/c"))).isEqualTo("right");
  }

  @Test
  void goesBackWhenNothingBelowTheTextTakesThePath() {
    Router<String> router = router(route("deep", "/a/b/c"), route("capture", "/a/{x}/d"));

    assertThat(taker(router, get("/a/b/d"))).isEqualTo("capture");
    assertThat(taker(router, get("/a/b/e"))).isEqualTo("404");
    assertThat(taker(router, get("/a/b"))).isEqualTo("404");
  }

  @Test
  void aSlashAtTheEndMakesAnotherPathWhichTheRestTakesToo() {
    Router<String> router = router(route("a", "/a"), route("below", "/b/**"), route("c", "/c/"));

    assertThat(taker(router, get("/a"))).isEqualTo("a");
    assertThat(taker(router, get("/a/"))).isEqualTo("404");
    assertThat(taker(router, get("/b"))).isEqualTo("below");
    assertThat(taker(router, get("/b/"))).isEqualTo("below");
    assertThat(taker(router, get("/b/x/y"))).isEqualTo("below");
    assertThat(taker(router, get("/bx"))).isEqualTo("404");
    assertThat(taker(router, get("/c"))).isEqualTo("404");
    assertThat(taker(router, get("/c/"))).isEqualTo("c");
  }

  @Test
  void theRootIsAPathOfItsOwn() {
    Router<String> router = router(route("root", "/"), route("all", "/**"), route("x", "/{x}"));

    assertThat(taker(router, get("/"))).isEqualTo("root");
    assertThat(taker(router, get("/a"))).isEqualTo("x");
    assertThat(taker(router, get("/a/"))).isEqualTo("all");
  }

  @Test
  void aCaptureIsNeverEmpty() {
    assertThat(taker(router(route("x", "/a/{x}")), get("/a/"))).isEqualTo("404");
  }

  @Test
  void noSpellingOfAPathSlipsPastTheRouteThatIsWrittenForIt() {
    Router<String> router =
        router(
            route("all", "/**"), route("admin", "/admin/**"), route("delete", "/v1/books:delete"));

    assertThat(taker(router, get("/admin;x=1/users"))).isEqualTo("admin");
    assertThat(taker(router, get("/v1/books%3Adelete"))).isEqualTo("delete");
    assertThat(taker(router, get("/v1;a/books%3Adelete;b"))).isEqualTo("delete");
    assertThat(taker(router, get("/admin%3Bx"))).isEqualTo("all");
  }

  @Test
  void textIsComparedAfterDecoding() {
    Router<String> router = router(route("café", "/café"), route("percent", "/%252F"));

    assertThat(taker(router, get("/caf%C3%A9"))).isEqualTo("café");
    assertThat(taker(router, get("/%252F"))).isEqualTo("percent");
    assertThat(taker(router, get("/%2F"))).isEqualTo("404");
  }

  @Test
  void theMostSpecificHostComesFirstAndTheNextOneIfItHasNoRoute() {
    Router<String> router =
        router(
            onHost("exact", "api.example.com", "/a"),
            onHost("longer", "*.eu.example.com", "/a"),
            onHost("shorter", "*.example.com", "/**"),
            route("any", "/a"),
            route("rest", "/b/{x}"));

    assertThat(taker(router, request("GET", "api.example.com", "/a", null))).isEqualTo("exact");
    assertThat(taker(router, request("GET", "api.example.com.", "/a", null))).isEqualTo("exact");
    assertThat(taker(router, request("GET", "api.example.com", "/b/c", null))).isEqualTo("shorter");
    assertThat(taker(router, request("GET", "x.eu.example.com", "/a", null))).isEqualTo("longer");
    assertThat(taker(router, request("GET", "x.y.eu.example.com", "/a", null))).isEqualTo("longer");
    assertThat(taker(router, request("GET", "x.eu.example.com", "/b", null))).isEqualTo("shorter");
    assertThat(taker(router, request("GET", "eu.example.com", "/a", null))).isEqualTo("shorter");
    assertThat(taker(router, request("GET", "example.com", "/a", null))).isEqualTo("any");
    assertThat(taker(router, request("GET", ".example.com", "/a", null))).isEqualTo("any");
    assertThat(taker(router, request("GET", "", "/b/c", null))).isEqualTo("rest");
    assertThat(taker(router, request("GET", "notexample.com", "/c", null))).isEqualTo("404");
  }

  @Test
  void aHostIsComparedWithoutCaseAndMayBeWrittenTwice() {
    RouteEntry<String> both =
        route("both", match(List.of("API.example.com", "api.example.com", "b"), "/", List.of()));
    assertThat(taker(router(both), request("GET", "api.example.com", "/", null))).isEqualTo("both");
    assertThat(taker(router(both), request("GET", "b", "/", null))).isEqualTo("both");
  }

  @Test
  void whoeverTakesTheMethodTakesTheRequest() {
    Router<String> router =
        router(
            forMethods("write", "/a", "POST", "PUT"),
            forMethods("read", "/a", "GET"),
            forMethods("other", "/{x}", "DELETE"));

    assertThat(taker(router, request("PUT", "h", "/a", null))).isEqualTo("write");
    assertThat(taker(router, request("GET", "h", "/a", null))).isEqualTo("read");
    assertThat(taker(router, request("DELETE", "h", "/a", null))).isEqualTo("other");
    assertThat(taker(router, request("PATCH", "h", "/a", null)))
        .isEqualTo("405 DELETE,GET,HEAD,POST,PUT");
    assertThat(taker(router, request("GET", "h", "/b", null))).isEqualTo("405 DELETE");
    assertThat(taker(router, request("get", "h", "/b", null))).isEqualTo("405 DELETE");
  }

  @Test
  void getTakesHeadUnlessAnotherRouteNamesIt() {
    RouteEntry<String> get = forMethods("get", "/a", "GET");
    RouteEntry<String> head = forMethods("head", "/a", "HEAD");

    assertThat(taker(router(get), request("HEAD", "h", "/a", null))).isEqualTo("get");
    assertThat(taker(router(get, head), request("HEAD", "h", "/a", null))).isEqualTo("head");
    assertThat(taker(router(get, head), request("GET", "h", "/a", null))).isEqualTo("get");
  }

  @Test
  void morePredicatesComeFirst() {
    Router<String> router =
        router(
            route("plain", "/a"),
            withHeader("beta", "/a", "X-Version", exact("beta")),
            withHeader("old", "/a", "x-version", regex("v[12]")),
            withQuery("debug", "/b", "debug", present(true)),
            withQuery("quiet", "/b", "debug", present(false)));

    assertThat(taker(router, request("GET", "h", "/a", null))).isEqualTo("plain");
    assertThat(taker(router, request("GET", "h", "/a", null, "x-version", "beta")))
        .isEqualTo("beta");
    assertThat(taker(router, request("GET", "h", "/a", null, "x-version", "v2"))).isEqualTo("old");
    assertThat(taker(router, request("GET", "h", "/a", null, "x-version", "v22")))
        .isEqualTo("plain");
    assertThat(taker(router, request("GET", "h", "/b", "a=1&debug"))).isEqualTo("debug");
    assertThat(taker(router, request("GET", "h", "/b", "a=1"))).isEqualTo("quiet");
  }

  @Test
  void severalLinesOfAHeaderAreOneValueAndOfParametersTheFirstCounts() {
    Router<String> router =
        router(
            withHeader("both", "/a", "x", exact("1, 2")),
            withQuery("first", "/b", "n", exact("a b")));

    assertThat(taker(router, request("GET", "h", "/a", null, "x", "1", "x", "2")))
        .isEqualTo("both");
    assertThat(taker(router, request("GET", "h", "/b", "n=a+b&n=c"))).isEqualTo("first");
    assertThat(taker(router, request("GET", "h", "/b", "n=c&n=a+b"))).isEqualTo("404");
  }

  @Test
  void aLongValueIsNotMatchedAgainstAnExpression() {
    Router<String> router = router(withHeader("x", "/a", "x", regex("a*")));

    assertThat(taker(router, request("GET", "h", "/a", null, "x", "a".repeat(4096))))
        .isEqualTo("x");
    assertThat(taker(router, request("GET", "h", "/a", null, "x", "a".repeat(4097))))
        .isEqualTo("404");
  }

  @Test
  void refusesExpressionsThatAreWrongOrTooLarge() {
    assertThatThrownBy(() -> withHeader("x", "/", "x", regex("("))).hasMessageContaining("RE2");
    assertThatThrownBy(() -> withHeader("x", "/", "x", regex("(a{100}){100}")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theRouteThatTakesAnEncodedSlashSaysWhatItMeans() {
    Router<String> router =
        router(
            route("rejects", "/r/**", EncodedSlash.REJECT),
            route("keeps", "/k/{x}", EncodedSlash.KEEP),
            route("decodes", "/d/**", EncodedSlash.DECODE),
            route("deeper", "/d/a/b", EncodedSlash.KEEP),
            route("strict", "/d/s/**", EncodedSlash.REJECT));

    assertThat(taker(router, get("/r/a%2Fb"))).isEqualTo("400 path.encoded_slash by rejects");
    assertThat(taker(router, get("/r/a%20b"))).isEqualTo("rejects");
    assertThat(router.match(get("/k/a%2Fb")))
        .isInstanceOfSatisfying(
            Routing.Found.class,
            found -> {
              assertThat(found.path()).isEqualTo("/k/a%2Fb");
              assertThat(found.capture("x")).isEqualTo("a%2Fb");
            });
    assertThat(router.match(get("/d/x%2Fy%5Cz")))
        .isInstanceOfSatisfying(
            Routing.Found.class, found -> assertThat(found.path()).isEqualTo("/d/x/y/z"));
    assertThat(taker(router, get("/d/a%2Fb"))).isEqualTo("deeper");
    assertThat(taker(router, get("/d/s%2Fb"))).isEqualTo("400 path.encoded_slash by strict");
    assertThat(taker(router, get("/d%2Fx"))).isEqualTo("404");
  }

  @Test
  void twoRoutesThatTakeTheSameRequestsAreAConflict() {
    assertThat(change(List.of(route("x", "/a/{x}"), route("y", "/a/{y}"))).problems())
        .containsExactly(new RouteProblem.Conflict("y", "x", "/a/{y} on any host"));
    assertThat(change(List.of(route("y", "/%61"), route("x", "/a"))).problems()).hasSize(1);
    assertThat(change(List.of(onHost("x", "h", "/**"), onHost("y", "H", "/**"))).problems())
        .containsExactly(new RouteProblem.Conflict("y", "x", "/** on h"));
    assertThat(
            change(List.of(forMethods("x", "/", "GET", "PUT"), forMethods("y", "/", "PUT")))
                .problems())
        .hasSize(1);
    assertThat(
            change(
                    List.of(
                        withHeader("x", "/", "a", exact("1")),
                        withQuery("y", "/", "a", exact("1"))))
                .problems())
        .hasSize(1);
    assertThat(
            change(
                    List.of(
                        withHeader("x", "/", "a", exact("v1")),
                        withHeader("y", "/", "a", regex("v.*"))))
                .problems())
        .hasSize(1);
  }

  @Test
  void routesThatNeverTakeTheSameRequestAreNoConflict() {
    assertThat(
            change(
                    List.of(
                        route("plain", "/"),
                        forMethods("get", "/", "GET"),
                        forMethods("put", "/", "PUT"),
                        onHost("h", "h", "/"),
                        onHost("w", "*.h", "/")))
                .problems())
        .isEmpty();
    assertThat(
            change(
                    List.of(
                        withHeader("1", "/", "a", exact("1")),
                        withHeader("2", "/", "A", exact("2")),
                        withHeader("3", "/", "a", regex("3+")),
                        withHeader("4", "/", "a", present(false))))
                .problems())
        .isEmpty();
    assertThat(change(List.of(route("x", "/a/{x}/c"), route("y", "/a/b/{y}"))).problems())
        .isEmpty();
  }

  @Test
  void aThousandCopiesOfARouteAreAThousandProblemsNotAMillion() {
    List<RouteEntry<String>> copies =
        java.util.stream.IntStream.range(0, 1000).mapToObj(i -> route("r" + i, "/same")).toList();
    assertThat(change(copies).problems()).hasSizeBetween(999, 1000);
  }

  @Test
  void aChangeLeavesTheOldRouterAlone() {
    RouteEntry<String> a = route("a", "/a");
    RouteEntry<String> b = route("b", "/b");
    RouteEntry<String> c = onHost("c", "api.example.com", "/a");
    Router<String> old = router(a, b);

    Router<String> changed = old.with(List.of(a), List.of(c)).router();

    assertThat(taker(old, get("/a"))).isEqualTo("a");
    assertThat(taker(changed, get("/a"))).isEqualTo("c");
    assertThat(taker(changed, request("GET", "other", "/a", null))).isEqualTo("404");
    assertThat(taker(changed, get("/b"))).isEqualTo("b");
    assertThatThrownBy(() -> changed.with(List.of(a), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no such route");
  }

  @Test
  void aRouteMayBeReplacedByOneThatWouldConflictWithIt() {
    RouteEntry<String> a = route("a", "/a");
    Router.Change<String> change = router(a).with(List.of(a), List.of(route("a2", "/a")));

    assertThat(change.problems()).isEmpty();
    assertThat(taker(change.router(), get("/a"))).isEqualTo("a2");
  }
}
