package dev.headgate.route;

import dev.headgate.config.PathTemplate;
import dev.headgate.config.Route;
import dev.headgate.config.Route.ValueMatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The rules of {@link Router} once more, as plainly as they can be written: filter all routes, then
 * take the greatest.
 */
final class NaiveRouter {
  /** Host, then path, then predicates, then whether HEAD is named. */
  private static final Comparator<Rule> LESS_SPECIFIC_FIRST =
      Comparator.comparingInt(Rule::hostRank)
          .thenComparing(Rule::pathRank)
          .thenComparingInt(Rule::predicates)
          .thenComparing(rule -> rule.match.methods().contains("HEAD"));

  private final Map<String, Rule> rules;

  NaiveRouter(Map<String, Route.Match> routes) {
    this.rules =
        routes.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> new Rule(e.getValue())));
  }

  /** As {@link Routes#taker} says it; fails where two routes are equal. */
  String taker(RouteRequest request) {
    List<String> takers =
        rules.keySet().stream().filter(name -> takes(name, request)).sorted().toList();
    if (takers.isEmpty()) {
      TreeSet<String> allow = new TreeSet<>();
      rules.values().stream()
          .filter(rule -> rule.takesAllButMethod(request))
          .forEach(rule -> allow.addAll(rule.methods()));
      return allow.isEmpty() ? "404" : "405 " + String.join(",", allow);
    }
    String best = takers.stream().max(Comparator.comparing(this::rule, LESS_SPECIFIC_FIRST)).get();
    List<String> equals =
        takers.stream()
            .filter(name -> LESS_SPECIFIC_FIRST.compare(rule(name), rule(best)) == 0)
            .toList();
    if (equals.size() > 1) {
      throw new AssertionError(equals + " are equal for " + request);
    }
    return best;
  }

  boolean takes(String name, RouteRequest request) {
    Rule rule = rule(name);
    return rule.takesAllButMethod(request) && rule.takesMethod(request.method());
  }

  private Rule rule(String name) {
    return Objects.requireNonNull(rules.get(name), name);
  }

  private record Rule(Route.Match match, PathTemplate template) {
    Rule(Route.Match match) {
      this(match, PathTemplate.parse(match.path()));
    }

    // Random routes have one host at most, so that a rule has one rank.
    int hostRank() {
      if (match.host().isEmpty()) {
        return 0;
      }
      String host = match.host().getFirst();
      return host.startsWith("*.") ? host.length() : 1000;
    }

    String pathRank() {
      StringBuilder rank = new StringBuilder();
      for (PathTemplate.Segment segment : template.segments()) {
        rank.append(segment instanceof PathTemplate.Literal ? '3' : '2');
      }
      return rank.append(template.rest() ? '0' : '1').toString();
    }

    int predicates() {
      return match.headers().size() + match.query().size() + (match.methods().isEmpty() ? 0 : 1);
    }

    List<String> methods() {
      List<String> methods = new ArrayList<>(match.methods());
      if (methods.contains("GET")) {
        methods.add("HEAD");
      }
      return methods;
    }

    boolean takesMethod(String method) {
      return match.methods().isEmpty() || methods().contains(method);
    }

    boolean takesAllButMethod(RouteRequest request) {
      return takesHost(request.host())
          && takesPath(request.path())
          && match.headers().entrySet().stream()
              .allMatch(e -> holds(e.getValue(), request.headers().get(e.getKey())))
          && match.query().entrySet().stream()
              .allMatch(e -> holds(e.getValue(), parameter(request.query(), e.getKey())));
    }

    private boolean takesHost(String host) {
      return match.host().isEmpty()
          || match.host().stream()
              .anyMatch(pattern ->
                  pattern.startsWith("*.")
                      ? host.endsWith(pattern.substring(1))
                      : host.equals(pattern));
    }

    private boolean takesPath(String path) {
      String[] segments = path.substring(1).split("/", -1);
      int wanted = template.segments().size();
      if (segments.length < wanted || (segments.length > wanted && !template.rest())) {
        return false;
      }
      for (int i = 0; i < wanted; i++) {
        boolean fits =
            switch (template.segments().get(i)) {
              case PathTemplate.Literal(String text) ->
                  decoded(segments[i].replaceFirst(";.*", "")).equals(decoded(text));
              case PathTemplate.Capture _ -> !segments[i].isEmpty();
            };
        if (!fits) {
          return false;
        }
      }
      return true;
    }

    private static String decoded(String segment) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      Pattern.compile("%(..)|(.)")
          .matcher(segment)
          .results()
          .forEach(m ->
              bytes.write(
                  m.group(1) != null ? Integer.parseInt(m.group(1), 16) : m.group(2).charAt(0)));
      return bytes.toString(StandardCharsets.ISO_8859_1);
    }

    private static boolean holds(ValueMatch test, @Nullable String value) {
      if (test.exact() != null) {
        return test.exact().equals(value);
      }
      if (test.regex() != null) {
        return value != null && Pattern.matches(test.regex(), value);
      }
      return Boolean.TRUE.equals(test.present()) == (value != null);
    }

    private static @Nullable String parameter(@Nullable String query, String name) {
      if (query != null) {
        for (String pair : query.split("&", -1)) {
          if (pair.startsWith(name + "=")) {
            return pair.substring(name.length() + 1);
          }
        }
      }
      return null;
    }
  }
}
