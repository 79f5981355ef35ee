package dev.headgate.route;

import dev.headgate.config.Route.EncodedSlash;
import dev.headgate.http.CanonicalPath;
import dev.headgate.http.PathRefusal;
import dev.headgate.http.RefusedPath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route for a request. Immutable, shared by all loops; a change makes a new router that
 * shares what it does not touch.
 *
 * <p>Of all routes that a request fulfils in everything (host, path, method, headers, query) the
 * most specific takes it. Specificity is decided by the host first: a name, then the longest {@code
 * *.} suffix, then none. Then by the path, segment by segment from the left: text, then {@code
 * {name}}, then {@code **}. Then by the number of predicates, of which {@code methods} is one.
 */
public final class Router<T> {
  /** How many nodes of a host's tree a look-up may visit, whatever the request. */
  static final int MAX_STEPS = 1024;

  private static final String ANY = "";

  private final Table<Node<T>> names;
  private final Table<Node<T>> suffixes;
  private final int suffixLabels;
  private final Node<T> any;

  private Router(Table<Node<T>> names, Table<Node<T>> suffixes, int suffixLabels, Node<T> any) {
    this.names = names;
    this.suffixes = suffixes;
    this.suffixLabels = suffixLabels;
    this.any = any;
  }

  /** A router without routes. */
  public static <T> Router<T> empty() {
    return new Router<>(Table.empty(), Table.empty(), 0, Node.empty());
  }

  /**
   * What came of a change.
   *
   * @param problems empty if the router may serve
   */
  public record Change<T>(Router<T> router, List<RouteProblem> problems) {}

  /**
   * This router with other routes. To change a route, remove the old entry and add the new one.
   *
   * @param removed entries of this router, the same objects
   * @throws IllegalArgumentException if one of them is not in this router
   */
  public Change<T> with(Collection<RouteEntry<T>> removed, Collection<RouteEntry<T>> added) {
    Map<String, List<Edit<T>>> byHost = new LinkedHashMap<>();
    removed.forEach(entry -> group(new Edit<>(entry, false), byHost));
    added.forEach(entry -> group(new Edit<>(entry, true), byHost));

    Map<String, @Nullable Node<T>> newNames = new HashMap<>();
    Map<String, @Nullable Node<T>> newSuffixes = new HashMap<>();
    Node<T> newAny = any;
    int labels = suffixLabels;
    Set<RouteProblem> problems = new LinkedHashSet<>();
    for (Map.Entry<String, List<Edit<T>>> group : byHost.entrySet()) {
      String host = group.getKey();
      if (host.equals(ANY)) {
        Node<T> tree = changed(any, group, problems);
        newAny = tree == null ? Node.empty() : tree;
      } else if (host.startsWith("*.")) {
        String suffix = host.substring(2);
        newSuffixes.put(suffix, changed(suffixes.find(suffix), group, problems));
        labels = Math.max(labels, 1 + (int) suffix.chars().filter(c -> c == '.').count());
      } else {
        newNames.put(host, changed(names.find(host), group, problems));
      }
    }
    Router<T> router =
        new Router<>(
            newNames.isEmpty() ? names : names.with(newNames),
            newSuffixes.isEmpty() ? suffixes : suffixes.with(newSuffixes),
            labels,
            newAny);
    return new Change<>(router, List.copyOf(problems));
  }

  private static <T> void group(Edit<T> edit, Map<String, List<Edit<T>>> byHost) {
    List<String> hosts = edit.entry().hosts();
    for (String host : hosts.isEmpty() ? List.of(ANY) : hosts) {
      byHost.computeIfAbsent(host, _ -> new ArrayList<>()).add(edit);
    }
  }

  private static <T> @Nullable Node<T> changed(
      @Nullable Node<T> tree, Map.Entry<String, List<Edit<T>>> group, Set<RouteProblem> problems) {
    String host = group.getKey().isEmpty() ? "any host" : group.getKey();
    List<Edit<T>> edits = group.getValue();
    Node<T> changed =
        Node.changed(
            tree,
            edits,
            0,
            (added, rival) -> {
              // The same pair in the same order, whichever of them was added last.
              boolean inOrder = added.name().compareTo(rival.name()) > 0;
              RouteEntry<T> second = inOrder ? added : rival;
              RouteEntry<T> first = inOrder ? rival : added;
              problems.add(
                  new RouteProblem.Conflict(
                      second.name(), first.name(), second.template() + " on " + host));
            });
    if (changed != null && changed.steps() > MAX_STEPS) {
      problems.add(
          new RouteProblem.TooManyOverlaps(edits.getLast().entry().name(), host, changed.steps()));
    }
    return changed;
  }

  /** Finds the route for a request. */
  public Routing<T> match(RouteRequest request) {
    RouteEntry<T> entry = find(request, null);
    return entry == null ? missed(request) : settled(entry, request);
  }

  /** Finds the route for a request and says why others did not take it. */
  public Explanation<T> explain(RouteRequest request) {
    Explainer<T> explainer = new Explainer<>(request);
    find(request, explainer);
    RouteEntry<T> winner = explainer.winner();
    Routing<T> routing = winner == null ? missed(request) : settled(winner, request);
    names.values().forEach(tree -> explainer.probeHost(tree));
    suffixes.values().forEach(tree -> explainer.probeHost(tree));
    return new Explanation<>(routing, explainer.considered());
  }

  private @Nullable RouteEntry<T> find(RouteRequest request, @Nullable Trace<T> trace) {
    String host = request.host();
    int end = host.endsWith(".") ? host.length() - 1 : host.length();
    Node<T> tree = names.find(host, 0, end);
    if (tree != null) {
      RouteEntry<T> found = tree.find(request, 0, trace);
      if (found != null) {
        return found;
      }
    }
    if (!suffixes.isEmpty()) {
      RouteEntry<T> found = findBySuffix(request, end, trace);
      if (found != null) {
        return found;
      }
    }
    return any.find(request, 0, trace);
  }

  /** Tries suffixes from the longest that any route has. */
  private @Nullable RouteEntry<T> findBySuffix(
      RouteRequest request, int end, @Nullable Trace<T> trace) {
    String host = request.host();
    int dot = end;
    for (int i = 0; i < suffixLabels; i++) {
      int before = host.lastIndexOf('.', dot - 1);
      if (before <= 0) {
        break;
      }
      dot = before;
    }
    for (; dot >= 0 && dot < end; dot = host.indexOf('.', dot + 1)) {
      Node<T> tree = suffixes.find(host, dot + 1, end);
      RouteEntry<T> found = tree == null ? null : tree.find(request, 0, trace);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** Lets the route say what encoded slashes mean, if there are any. */
  private Routing<T> settled(RouteEntry<T> entry, RouteRequest request) {
    if (!CanonicalPath.hasEncodedSlash(request.path())) {
      return new Routing.Found<>(entry, request.path());
    }
    return switch (entry.encodedSlash()) {
      case KEEP -> new Routing.Found<>(entry, request.path());
      case REJECT -> new Routing.Refused<>(entry, PathRefusal.ENCODED_SLASH);
      case DECODE -> decoded(entry, request);
    };
  }

  /**
   * Looks the decoded path up: once, for it has no encoded slash any more. A route that refuses
   * encoded slashes is not reached this way either.
   */
  private Routing<T> decoded(RouteEntry<T> entry, RouteRequest request) {
    RouteRequest again;
    try {
      again = request.withPath(CanonicalPath.withSlashesDecoded(request.path()));
    } catch (RefusedPath refused) {
      return new Routing.Refused<>(entry, refused.refusal());
    }
    RouteEntry<T> other = find(again, null);
    if (other == null) {
      return missed(again);
    }
    return other.encodedSlash() == EncodedSlash.REJECT
        ? new Routing.Refused<>(other, PathRefusal.ENCODED_SLASH)
        : new Routing.Found<>(other, again.path());
  }

  private Routing<T> missed(RouteRequest request) {
    Set<String> allow = new TreeSet<>();
    Trace<T> methods =
        (_, loss) -> {
          if (loss instanceof Loss.MethodDiffers(List<String> wanted)) {
            allow.addAll(wanted);
          }
          return false;
        };
    find(request, methods);
    return allow.isEmpty()
        ? new Routing.NoRoute<>()
        : new Routing.WrongMethod<>(List.copyOf(allow));
  }
}
