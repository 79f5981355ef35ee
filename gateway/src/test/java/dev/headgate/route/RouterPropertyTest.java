package dev.headgate.route;

import static dev.headgate.route.Routes.change;
import static dev.headgate.route.Routes.exact;
import static dev.headgate.route.Routes.present;
import static dev.headgate.route.Routes.regex;
import static dev.headgate.route.Routes.request;
import static dev.headgate.route.Routes.route;
import static dev.headgate.route.Routes.taker;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Route;
import dev.headgate.config.Route.ValueMatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random sets of routes and random requests, from few words so that they meet often. */
class RouterPropertyTest {
  private static final List<List<String>> HOSTS =
      List.of(List.of(), List.of(), List.of("a.io"), List.of("*.io"), List.of("*.a.io"));
  private static final List<String> ASKED_HOSTS = List.of("", "a.io", "b.io", "x.a.io", "y.x.a.io");
  private static final List<String> SEGMENTS = List.of("a", "b", "a:b", "{x}", "{y}", "{z}");
  private static final List<String> ASKED_SEGMENTS =
      List.of("a", "a", "b", "b", "a:b", "a%3Ab", "a;p=1", "c");
  private static final List<List<String>> METHODS =
      List.of(
          List.of(),
          List.of(),
          List.of("GET"),
          List.of("HEAD"),
          List.of("PUT", "POST"),
          List.of("GET", "PUT"));
  private static final List<ValueMatch> VALUES =
      List.of(exact("1"), exact("2"), regex("[12]"), present(true), present(false));

  @Test
  void takesWhatFilteringAllRoutesTakes() {
    Random random = new Random(1);
    int found = 0;
    int conflicts = 0;
    for (int set = 0; set < 2_000; set++) {
      Map<String, Route.Match> routes = routes(random, 1 + random.nextInt(25));
      Router.Change<String> change = change(entries(routes));
      while (!change.problems().isEmpty()) {
        conflicts++;
        routes.remove(change.problems().getFirst().route());
        change = change(entries(routes));
      }
      NaiveRouter naive = new NaiveRouter(routes);
      for (int i = 0; i < 40; i++) {
        RouteRequest request = anyRequest(random);
        String taker = taker(change.router(), request);
        assertThat(taker).as("%s for %s", routes, request).isEqualTo(naive.taker(request));
        found += routes.containsKey(taker) ? 1 : 0;
      }
    }
    assertThat(found).isGreaterThan(20_000);
    assertThat(conflicts).isGreaterThan(500);
  }

  @Test
  void changesOneAfterTheOtherLeadToTheSameRouterAsAllAtOnce() {
    Random random = new Random(2);
    for (int set = 0; set < 300; set++) {
      Map<String, RouteEntry<String>> current = new HashMap<>();
      Router<String> router = Router.empty();
      for (int step = 0; step < 12; step++) {
        List<RouteEntry<String>> removed = new ArrayList<>();
        List<RouteEntry<String>> added = new ArrayList<>();
        for (RouteEntry<String> entry : entries(routes(random, 1 + random.nextInt(6)))) {
          RouteEntry<String> old = current.get(entry.name());
          if (old != null) {
            removed.add(old);
          }
          if (old == null || random.nextBoolean()) {
            added.add(entry);
          }
        }
        Router.Change<String> change = router.with(removed, added);
        if (change.problems().isEmpty()) {
          router = change.router();
          removed.forEach(entry -> current.remove(entry.name()));
          added.forEach(entry -> current.put(entry.name(), entry));
        }
      }
      List<RouteEntry<String>> all = new ArrayList<>(current.values());
      Collections.shuffle(all, random);
      Router.Change<String> atOnce = change(all);
      assertThat(atOnce.problems()).isEmpty();
      for (int i = 0; i < 30; i++) {
        RouteRequest request = anyRequest(random);
        assertThat(taker(router, request)).isEqualTo(taker(atOnce.router(), request));
      }
      assertThat(taker(router.with(all, List.of()).router(), anyRequest(random))).isEqualTo("404");
    }
  }

  @Test
  void explainSaysTheSameAsMatchAndItsReasonsAreTrue() {
    Random random = new Random(3);
    int explained = 0;
    for (int set = 0; set < 500; set++) {
      Map<String, Route.Match> routes = routes(random, 1 + random.nextInt(12));
      Router<String> router = change(entries(routes)).router();
      NaiveRouter naive = new NaiveRouter(routes);
      for (int i = 0; i < 20; i++) {
        RouteRequest request = anyRequest(random);
        Explanation<String> explanation = router.explain(request);
        assertThat(explanation.routing()).isEqualTo(router.match(request));
        for (Explanation.Considered considered : explanation.considered()) {
          boolean takes = naive.takes(considered.route(), request);
          assertThat(takes)
              .as("%s of %s for %s", considered, routes, request)
              .isEqualTo(considered.loss() instanceof Loss.LessSpecific);
          explained++;
        }
      }
    }
    assertThat(explained).isGreaterThan(10_000);
  }

  @Test
  void aLookUpNeverTakesMoreStepsThanTheTreeSays() {
    Random random = new Random(4);
    int most = 0;
    for (int set = 0; set < 300; set++) {
      List<Edit<String>> edits =
          entries(routes(random, 60)).stream().map(entry -> new Edit<>(entry, true)).toList();
      Node<String> tree = Node.<String>empty().with(edits, 0, (_, _) -> {});
      for (int i = 0; i < 30; i++) {
        StepCounter steps = new StepCounter();
        tree.find(anyRequest(random), 0, steps);
        assertThat(steps.count).isLessThanOrEqualTo(tree.steps());
        most = Math.max(most, steps.count);
      }
    }
    assertThat(most).isGreaterThan(10);
  }

  @Test
  void routesThatWouldMakeALookUpLongAreRefused() {
    List<String> paths = List.of("");
    for (int depth = 0; depth < 12; depth++) {
      int number = depth;
      paths =
          paths.stream()
              .flatMap(p -> List.of(p + "/a", p + "/{x" + number + "}").stream())
              .toList();
      List<RouteEntry<String>> entries =
          paths.stream().map(path -> route(path, path + "/end")).toList();
      Router.Change<String> change = change(entries);
      Node<String> tree =
          Node.<String>empty()
              .with(entries.stream().map(e -> new Edit<>(e, true)).toList(), 0, (_, _) -> {});
      StepCounter steps = new StepCounter();
      tree.find(request("GET", "h", "/a".repeat(depth + 1) + "/z", null), 0, steps);

      assertThat(steps.count).isLessThanOrEqualTo(tree.steps());
      assertThat(change.problems().isEmpty()).isEqualTo(tree.steps() <= Router.MAX_STEPS);
      if (depth >= 9) {
        assertThat(change.problems().getFirst()).isInstanceOf(RouteProblem.TooManyOverlaps.class);
      } else {
        assertThat(steps.count).isEqualTo((2 << (depth + 1)) - 1);
      }
    }
  }

  private static final class StepCounter implements Trace<String> {
    private int count;

    @Override
    public boolean offered(RouteEntry<String> entry, @Nullable Loss loss) {
      return false;
    }

    @Override
    public void left(Node<String> node, int at) {
      count++;
    }
  }

  private static List<RouteEntry<String>> entries(Map<String, Route.Match> routes) {
    return routes.entrySet().stream().map(e -> route(e.getKey(), e.getValue())).toList();
  }

  private static Map<String, Route.Match> routes(Random random, int count) {
    Map<String, Route.Match> routes = new HashMap<>();
    for (int i = 0; i < count; i++) {
      Map<String, ValueMatch> headers = random.nextInt(4) > 0 ? Map.of() : values(random, "h", "i");
      Map<String, ValueMatch> query = random.nextInt(5) > 0 ? Map.of() : values(random, "p", "q");
      routes.put(
          "r" + i,
          new Route.Match(
              one(HOSTS, random), template(random), one(METHODS, random), headers, query));
    }
    return routes;
  }

  private static Map<String, ValueMatch> values(Random random, String one, String two) {
    return random.nextInt(4) > 0
        ? Map.of(one, one(VALUES, random))
        : Map.of(one, one(VALUES, random), two, one(VALUES, random));
  }

  private static String template(Random random) {
    StringBuilder path = new StringBuilder();
    int depth = random.nextInt(4);
    for (int i = 0; i < depth; i++) {
      String segment = one(SEGMENTS, random);
      path.append('/')
          .append(path.indexOf(segment) >= 0 && segment.startsWith("{") ? "a" : segment);
    }
    return switch (random.nextInt(4)) {
      case 0 -> path + "/**";
      case 1 -> path + "/";
      default -> path.isEmpty() ? "/" : path.toString();
    };
  }

  private static RouteRequest anyRequest(Random random) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      path.append('/').append(one(ASKED_SEGMENTS, random));
    }
    if (path.isEmpty() || random.nextInt(4) == 0) {
      path.append('/');
    }
    List<String> headers = new ArrayList<>();
    for (String name : List.of("h", "i")) {
      if (random.nextInt(3) == 0) {
        headers.addAll(List.of(name, "" + (1 + random.nextInt(3))));
      }
    }
    String query = random.nextInt(3) > 0 ? null : "p=" + random.nextInt(4) + "&q=2";
    return request(
        one(List.of("GET", "GET", "HEAD", "PUT", "DELETE"), random),
        one(ASKED_HOSTS, random),
        path.toString(),
        query,
        headers.toArray(String[]::new));
  }

  private static <E> E one(List<E> list, Random random) {
    return list.get(random.nextInt(list.size()));
  }
}
