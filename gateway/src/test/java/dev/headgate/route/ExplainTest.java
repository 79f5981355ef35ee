package dev.headgate.route;

import static dev.headgate.route.Routes.exact;
import static dev.headgate.route.Routes.forMethods;
import static dev.headgate.route.Routes.get;
import static dev.headgate.route.Routes.onHost;
import static dev.headgate.route.Routes.request;
import static dev.headgate.route.Routes.route;
import static dev.headgate.route.Routes.router;
import static dev.headgate.route.Routes.withHeader;
import static dev.headgate.route.Routes.withQuery;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Route;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExplainTest {
  @Test
  void saysWhyEachRouteLost() {
    Router<String> router =
        router(
            route("winner", "/orders/{id}"),
            route("all", "/**"),
            forMethods("write", "/orders/{id}", "POST"),
            route(
                "beta",
                new Route.Match(
                    List.of(),
                    "/orders/{id}",
                    List.of("GET"),
                    Map.of("x-version", exact("beta")),
                    Map.of())),
            withQuery("debug", "/orders/**", "debug", exact("1")),
            route("list", "/orders"),
            route("items", "/orders/{id}/items"),
            route("users", "/users/{id}"),
            onHost("partner", "partner.example.com", "/orders/**"));

    Explanation<String> explanation = router.explain(get("/orders/7"));

    assertThat(((Routing.Found<String>) explanation.routing()).payload()).isEqualTo("winner");
    assertThat(explanation.considered().stream().map(Object::toString))
        .containsExactlyInAnyOrder(
            "write: method: takes POST",
            "beta: header x-version: is not 'beta'",
            "debug: query parameter debug: is not '1'",
            "all: less specific than winner",
            "partner: host: takes partner.example.com",
            "items: path, segment 3: takes 'items', the request's path has ended",
            "list: path, segment 2: takes none there, the request has '7'",
            "users: path, segment 1: takes 'users', the request has 'orders'");
  }

  @Test
  void showsTheNearestOfManyWhenNoneTakesTheRequest() {
    RouteEntry<String>[] many =
        IntStream.range(0, 3000)
            .mapToObj(i -> route("r" + i, "/things/thing-" + i + "/parts"))
            .toArray(Routes::newArray);

    List<Explanation.Considered> considered =
        router(many).explain(get("/things/thing-1x34/parts")).considered();

    assertThat(considered).hasSize(5);
    assertThat(considered.getFirst().loss())
        .isInstanceOfSatisfying(
            Loss.PathDiffers.class,
            loss -> {
              assertThat(loss.segment()).isEqualTo(2);
              assertThat(loss.wanted()).startsWith("thing-1");
              assertThat(loss.was()).isEqualTo("thing-1x34");
            });
  }

  @Test
  void showsAFewOfManyHostsThatWouldTakeTheRequest() {
    RouteEntry<String>[] many =
        IntStream.range(0, 500)
            .mapToObj(i -> onHost("r" + i, "h" + i + ".example.com", "/a"))
            .toArray(Routes::newArray);

    List<Explanation.Considered> considered =
        router(many).explain(request("GET", "other", "/a", null)).considered();

    assertThat(considered).hasSize(5);
    assertThat(considered).allMatch(c -> c.loss() instanceof Loss.HostDiffers);
  }

  @Test
  void doesNotShowWhatTheRequestHas() {
    Router<String> router = router(withHeader("a", "/", "authorization", exact("Bearer wanted")));

    Explanation<String> explanation =
        router.explain(request("GET", "h", "/", null, "authorization", "Bearer secret"));

    assertThat(explanation.considered().toString()).doesNotContain("secret");
  }
}
