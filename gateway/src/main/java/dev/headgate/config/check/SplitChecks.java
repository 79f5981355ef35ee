package dev.headgate.config.check;

import dev.headgate.config.Nearest;
import dev.headgate.config.PathTemplate;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.Shown;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of how a route shares out its requests. */
final class SplitChecks {
  private static final int LONGEST_SIDE = 128;

  private final Problems problems;
  private final RequestWords words;

  SplitChecks(Problems problems) {
    this.problems = problems;
    this.words = new RequestWords(problems);
  }

  void check(String at, Route route, @Nullable PathTemplate path) {
    sides(at + ".to", route.to());
    Route.Split split = route.split();
    if (split == null) {
      return;
    }
    if (route.to().size() < 2) {
      problems.error(
          at + ".split",
          "there is nothing to share out",
          "as in 'to: [{ upstream: a, weight: 9 }, { upstream: b, weight: 1 }]'");
      return;
    }
    String stick = split.stick();
    if (stick != null) {
      stick(at + ".split.stick", stick, route, path);
    }
    String active = split.active();
    if (active != null) {
      side(at + ".split.active", active, route.to());
    }
    if (active != null && stick != null) {
      problems.error(
          at + ".split", "with 'active' nothing is shared out", "leave out 'stick' or 'active'");
    }
    for (int i = 0; i < split.force().size(); i++) {
      force(at + ".split.force[" + i + "]", split.force().get(i), route);
    }
  }

  private void sides(String at, List<Route.Target> targets) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < targets.size(); i++) {
      Route.Target target = targets.get(i);
      String side = target.side();
      if (side != null && (side.isEmpty() || side.length() > LONGEST_SIDE || !plain(side))) {
        problems.error(
            at + "[" + i + "].side",
            Shown.quoted(side) + " cannot be a name",
            "letters, digits, '-', '_' and '.', as in 'green'");
      } else if (!seen.add(target.sideName()) && side != null) {
        problems.error(at + "[" + i + "].side", "another side is called " + Shown.quoted(side), "");
      }
    }
  }

  private static boolean plain(String side) {
    return side.chars()
        .allMatch(c ->
            (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.');
  }

  private void stick(String at, String stick, Route route, @Nullable PathTemplate path) {
    if (!words.check(at, stick, RequestWords.APART, "nothing that callers are told apart by")) {
      return;
    }
    words.captured(at, stick, path);
    if (route.isPublic() && RequestWords.needsIdentity(stick)) {
      problems.warning(at, "nobody is known on a public route: the client's address stands in", "");
    }
  }

  private void side(String at, String name, List<Route.Target> targets) {
    List<String> names = targets.stream().map(Route.Target::sideName).toList();
    if (!names.contains(name)) {
      String near = Nearest.hint(name, names);
      problems.error(
          at,
          "no side is named " + Shown.quoted(name),
          near.isEmpty() ? "the sides are " + String.join(", ", names) : near);
    }
  }

  private void force(String at, Route.Force force, Route route) {
    if (!words.check(at + ".by", force.by(), RequestWords.NAMING, "nothing that names a side")) {
      return;
    }
    force.values().forEach((value, side) -> side(at + ".values." + value, side, route.to()));
    if (RequestWords.isSent(force.by()) && force.when() == null) {
      problems.error(
          at,
          "any caller can send this: whose requests may be sent to a side by it?",
          "as in 'when: \"''testers'' in identity.groups\"', or 'when: true' for everybody's");
    }
    if (RequestWords.needsIdentity(force.by()) && route.isPublic()) {
      problems.warning(at + ".by", "nobody is known on a public route: this never applies", "");
    }
  }
}
