package dev.headgate.config.check;

import dev.headgate.config.Config;
import dev.headgate.config.Nearest;
import dev.headgate.config.Places;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.Shown;
import java.util.List;
import java.util.Set;

/** The rules of what answers when an upstream does not, and of fixed answers. */
final class FallbackChecks {
  private static final Set<Integer> BODILESS = Set.of(204, 205, 304);
  private static final List<String> WORDS =
      List.of(
          Route.Fallback.OPEN,
          Route.Fallback.BUSY,
          Route.Fallback.CONNECT_FAILURE,
          Route.Fallback.TIMEOUT,
          Route.Fallback.RESET);

  private final Config config;
  private final Places places;
  private final Problems problems;

  FallbackChecks(Config config, Places places, Problems problems) {
    this.config = config;
    this.places = places;
    this.problems = problems;
  }

  void check(String at, Route.Fallback fallback, List<Route.Target> targets) {
    if (targets.isEmpty()) {
      problems.error(at, "nothing is forwarded, so nothing can fail");
    }
    String to = fallback.to();
    if ((to == null) == (fallback.respond() == null)) {
      problems.error(at, "exactly one of 'to' and 'respond' is needed");
    }
    if (to != null) {
      upstream(at + ".to", to, targets);
    }
    if (fallback.respond() != null) {
      answer(at + ".respond", fallback.respond());
    }
    for (int i = 0; i < fallback.on().size(); i++) {
      word(at + ".on[" + i + "]", fallback.on().get(i));
    }
    if (fallback.on().isEmpty()) {
      problems.error(at + ".on", "this never answers", "as in 'on: [open, 503]'");
    }
  }

  private void upstream(String at, String name, List<Route.Target> targets) {
    if (!config.upstreams().containsKey(name) && !places.has("upstreams." + name)) {
      String near = Nearest.hint(name, config.upstreams().keySet());
      problems.error(
          at,
          "no upstream is named " + Shown.quoted(name),
          near.isEmpty() ? "name one of those under 'upstreams'" : near);
    } else if (targets.size() == 1 && targets.getFirst().upstream().equals(name)) {
      problems.error(at, "this is the upstream that has failed by then", "name another one");
    }
  }

  private void word(String at, String on) {
    boolean status =
        on.equals("429")
            || (on.length() == 3
                && on.charAt(0) == '5'
                && Character.isDigit(on.charAt(1))
                && Character.isDigit(on.charAt(2)));
    if (!status && !WORDS.contains(on)) {
      String near = Nearest.hint(on, WORDS);
      problems.error(
          at,
          Shown.quoted(on) + " is nothing after which another answers",
          near.isEmpty() ? "there are " + String.join(", ", WORDS) + ", 429 and 5xx" : near);
    }
  }

  /** A fixed answer. */
  void answer(String at, Route.Respond respond) {
    if (BODILESS.contains(respond.status()) && !respond.body().isEmpty()) {
      problems.error(at + ".body", "an answer with status " + respond.status() + " has no body");
    }
    new HeaderFields(problems).written(at + ".headers", respond.headers());
  }
}
