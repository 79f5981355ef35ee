package dev.headgate.config.check;

import dev.headgate.config.Config;
import dev.headgate.config.KindOf.Family;
import dev.headgate.config.Mode;
import dev.headgate.config.NamedPolicy;
import dev.headgate.config.Nearest;
import dev.headgate.config.PathTemplate;
import dev.headgate.config.Places;
import dev.headgate.config.Problems;
import dev.headgate.config.Route;
import dev.headgate.config.RoutePolicy;
import dev.headgate.config.Shown;
import dev.headgate.config.Template;
import dev.headgate.config.Typed;
import dev.headgate.config.shape.Kinds;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules of a route. Whether two routes could take the same request is seen when compiling. */
final class RouteChecks {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int LONGEST_EXACT = 8 << 10;
  private static final int LONGEST_OWNER = 256;

  private final Config config;
  private final Kinds kinds;
  private final Places places;
  private final Problems problems;
  private final HeaderFields fields;
  private final FallbackChecks fallbacks;

  RouteChecks(Config config, Kinds kinds, Places places, Problems problems) {
    this.config = config;
    this.kinds = kinds;
    this.places = places;
    this.problems = problems;
    this.fields = new HeaderFields(problems);
    this.fallbacks = new FallbackChecks(config, places, problems);
  }

  void check(String at, Route route) {
    auth(at, route.auth());
    policies(at + ".policies", route.policies());
    action(at, route);
    match(at + ".match", route.match());
    PathTemplate path = path(at + ".match.path", route.match().path());
    targets(at + ".to", route.to());
    new SplitChecks(problems).check(at, route, path);
    if (route.mirror() != null) {
      mirror(at + ".mirror", route.mirror(), route);
    }
    if (route.rewrite() != null) {
      rewrite(at + ".rewrite", route.rewrite(), route, path);
    }
    if (route.redirect() != null) {
      redirect(at + ".redirect", route.redirect(), path);
    }
    if (route.respond() != null) {
      fallbacks.answer(at + ".respond", route.respond());
    }
    if (route.fallback() != null) {
      fallbacks.check(at + ".fallback", route.fallback(), route.to());
    }
    if (route.callerTimeout() instanceof Route.CallerTimeout waits) {
      callerTimeout(at + ".callerTimeout", waits);
    }
    changes(at + ".headers.request", route.headers().request());
    changes(at + ".headers.response", route.headers().response());
    String owner = route.owner();
    if (owner != null
        && (owner.length() > LONGEST_OWNER || owner.chars().anyMatch(Character::isISOControl))) {
      problems.error(
          at + ".owner", "expected one line of at most " + LONGEST_OWNER + " characters");
    }
  }

  private void callerTimeout(String at, Route.CallerTimeout waits) {
    fields.changed(at + ".header", waits.header());
    boolean trusted = waits.from() == Route.CallerTimeout.From.TRUSTED_PROXIES;
    if (trusted
        && config.listeners().values().stream().allMatch(one -> one.trustedProxies().isEmpty())) {
      problems.warning(
          at,
          "nobody is believed: no listener has 'trustedProxies'",
          "name your proxies there, or write 'from: anybody'");
    }
  }

  private void auth(String at, List<String> auth) {
    if (auth.isEmpty()) {
      problems.error(
          at, "'auth' is missing: who may call?", "write 'auth: public' to let everybody call");
      return;
    }
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < auth.size(); i++) {
      String name = auth.get(i);
      String here = at + ".auth[" + i + "]";
      if (!seen.add(name)) {
        problems.error(here, Shown.quoted(name) + " is there twice");
      } else if (name.equals(Route.PUBLIC)) {
        if (auth.size() > 1) {
          problems.error(
              here, "'public' beside other policies would let everybody call", "write it alone");
        }
      } else if (known(here, name, Route.PUBLIC) instanceof NamedPolicy policy) {
        vouches(here, name, policy);
      }
    }
  }

  private void vouches(String at, String name, NamedPolicy policy) {
    if (!kinds.authenticates(policy.policy())) {
      problems.error(
          at,
          Shown.quoted(name)
              + " is of kind "
              + policy.policy().kind()
              + ", which vouches for nobody",
          "put it under 'policies'");
    } else if (policy.mode() != Mode.ENFORCE) {
      problems.warning(at, "everybody can call: " + Shown.quoted(name) + " is not enforced", "");
    }
  }

  /**
   * The policy of that name, or null after reporting that there is none.
   *
   * @param word what else could have been meant
   */
  private @Nullable NamedPolicy known(String at, String name, String word) {
    NamedPolicy policy = config.policies().get(name);
    if (policy == null && !places.has("policies." + name)) {
      Set<String> names = new HashSet<>(config.policies().keySet());
      names.add(word);
      String near = Nearest.hint(name, names);
      problems.error(
          at, "unknown policy " + Shown.quoted(name), near.isEmpty() ? policyNames() : near);
    }
    return policy;
  }

  private String policyNames() {
    Set<String> names = config.policies().keySet();
    return names.isEmpty()
        ? "no policy has a name yet; 'auth: public' lets everybody call"
        : "the policies are " + String.join(", ", names.stream().limit(8).toList());
  }

  private void policies(String at, List<RoutePolicy> policies) {
    for (int i = 0; i < policies.size(); i++) {
      RoutePolicy policy = policies.get(i);
      String here = at + "[" + i + "]";
      Typed typed = policy.policy();
      String use = policy.use();
      if (typed == null && use == null) {
        problems.error(here, "no policy is written here", "as in '- NAME' or '- authorize: …'");
      } else if (typed != null && use != null) {
        problems.error(here, "either 'use' or a policy of its own", "write two items");
      } else if (typed != null) {
        other(here + "." + typed.kind(), typed);
        kinds.check(Family.POLICY, here, typed, config, problems);
      } else if (use != null && known(here + ".use", use, "") instanceof NamedPolicy named) {
        other(here, named.policy());
      }
    }
  }

  private void other(String at, Typed policy) {
    if (kinds.authenticates(policy)) {
      problems.error(
          at,
          "this finds out who is calling",
          "give it a name under 'policies' and use it in 'auth'");
    }
  }

  private void action(String at, Route route) {
    int actions =
        (route.to().isEmpty() ? 0 : 1)
            + (route.redirect() == null ? 0 : 1)
            + (route.respond() == null ? 0 : 1);
    if (actions != 1) {
      problems.error(
          at,
          actions == 0
              ? "one of 'to', 'redirect' and 'respond' is needed"
              : "only one of 'to', 'redirect' and 'respond' can be",
          actions == 0 ? "as in 'to: " + anUpstream() + "'" : "");
    }
  }

  private String anUpstream() {
    return config.upstreams().keySet().stream().findFirst().orElse("NAME");
  }

  private void match(String at, Route.Match match) {
    for (int i = 0; i < match.host().size(); i++) {
      Hosts.checkPattern(at + ".host[" + i + "]", match.host().get(i), problems);
    }
    for (int i = 0; i < match.methods().size(); i++) {
      method(at + ".methods[" + i + "]", match.methods().get(i));
    }
    match
        .headers()
        .forEach((name, value) -> {
          fields.name(at + ".headers." + name, name);
          value(at + ".headers." + name, value);
        });
    match.query().forEach((name, value) -> value(at + ".query." + name, value));
  }

  private void method(String at, String method) {
    String upper = method.toUpperCase(Locale.ROOT);
    if (!HeaderFields.isToken(method)) {
      problems.error(at, Shown.quoted(method) + " is not a method", "as in GET");
    } else if (!method.equals(upper)) {
      problems.error(at, "letter case counts in methods", "write '" + upper + "'");
    }
  }

  private void value(String at, Route.ValueMatch match) {
    int ways =
        (match.exact() == null ? 0 : 1)
            + (match.present() == null ? 0 : 1)
            + (match.regex() == null ? 0 : 1);
    if (ways != 1) {
      problems.error(at, "exactly one of 'exact', 'present' and 'regex' is needed");
    }
    if (match.exact() != null && match.exact().length() > LONGEST_EXACT) {
      problems.error(at + ".exact", "longer than " + LONGEST_EXACT + " characters");
    }
    if (match.regex() != null) {
      try {
        BoundedRegex.check(match.regex());
      } catch (IllegalArgumentException e) {
        problems.error(at + ".regex", "not a regular expression that is taken", reason(e));
      }
    }
  }

  /** The template, or null after reporting what is wrong with it. */
  private @Nullable PathTemplate path(String at, String path) {
    try {
      return PathTemplate.parse(path);
    } catch (IllegalArgumentException e) {
      problems.error(at, Shown.quoted(path) + " can match no path", reason(e));
      return null;
    }
  }

  private void targets(String at, List<Route.Target> targets) {
    Set<String> seen = new HashSet<>();
    long weight = 0;
    for (int i = 0; i < targets.size(); i++) {
      Route.Target target = targets.get(i);
      String name = target.upstream();
      weight += target.weight();
      String here = at + "[" + i + "].upstream";
      if (isUpstream(here, name) && !seen.add(name)) {
        problems.error(here, "this upstream is there twice", "add up the weights");
      }
    }
    if (!targets.isEmpty() && weight == 0) {
      problems.error(at, "no request would go anywhere: every weight is 0");
    }
  }

  /** Reports if there is no upstream of that name. */
  private boolean isUpstream(String at, String name) {
    boolean known = config.upstreams().containsKey(name) || places.has("upstreams." + name);
    if (!known) {
      String near = Nearest.hint(name, config.upstreams().keySet());
      problems.error(
          at,
          "no upstream is named " + Shown.quoted(name),
          near.isEmpty() ? "the upstreams are " + upstreams() : near);
    }
    return known;
  }

  private void mirror(String at, Route.Mirror mirror, Route route) {
    if (route.to().isEmpty()) {
      problems.error(at, "nothing is forwarded, so nothing can be mirrored");
    }
    if (isUpstream(at + ".to", mirror.to())
        && route.to().stream().anyMatch(target -> target.upstream().equals(mirror.to()))) {
      problems.warning(
          at + ".to",
          "this upstream gets requests of the route anyway",
          "what changes something may be done twice");
    }
    if (!mirror.ignore().isEmpty() && mirror.compare() == Route.Mirror.Comparison.STATUS) {
      problems.error(at + ".ignore", "bodies are not compared", "add 'compare: json'");
    }
    for (int i = 0; i < mirror.ignore().size(); i++) {
      String pointer = mirror.ignore().get(i);
      if (!pointer.startsWith("/") || pointer.length() > LONGEST_EXACT) {
        problems.error(
            at + ".ignore[" + i + "]",
            Shown.quoted(pointer) + " is no JSON pointer",
            "as in '/items/*/updatedAt'");
      }
    }
  }

  private String upstreams() {
    Set<String> names = config.upstreams().keySet();
    String some = String.join(", ", names.stream().limit(8).toList());
    return names.isEmpty() ? "none" : names.size() > 8 ? some + ", …" : some;
  }

  private void rewrite(String at, Route.Rewrite rewrite, Route route, @Nullable PathTemplate path) {
    if (route.to().isEmpty()) {
      problems.error(at, "nothing is forwarded, so no path can be rewritten");
    }
    String prefix = rewrite.prefix();
    String whole = rewrite.path();
    if ((prefix == null) == (whole == null)) {
      problems.error(at, "exactly one of 'prefix' and 'path' is needed");
    }
    if (prefix != null) {
      template(at + ".prefix", () -> Template.prefix(prefix));
    }
    if (whole != null && path != null) {
      template(at + ".path", () -> Template.path(whole, path));
    }
  }

  private void redirect(String at, Route.Redirect redirect, @Nullable PathTemplate path) {
    if (!REDIRECTS.contains(redirect.status())) {
      problems.error(at + ".status", "a redirect's status is 301, 302, 303, 307 or 308");
    }
    if (path != null) {
      template(at + ".to", () -> Template.redirect(redirect.to(), path));
    }
  }

  private void template(String at, Runnable parsing) {
    try {
      parsing.run();
    } catch (IllegalArgumentException e) {
      problems.error(at, reason(e));
    }
  }

  private void changes(String at, Route.Changes changes) {
    for (int i = 0; i < changes.remove().size(); i++) {
      fields.changed(at + ".remove[" + i + "]", changes.remove().get(i));
    }
    fields.written(at + ".set", changes.set());
    fields.written(at + ".add", changes.add());
  }

  private static String reason(IllegalArgumentException e) {
    String message = e.getMessage();
    return message == null ? "" : message;
  }
}
