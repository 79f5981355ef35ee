package dev.headgate.route;

import dev.headgate.config.Nearest;
import dev.headgate.config.PathTemplate;
import dev.headgate.route.Explanation.Considered;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what a look-up meets. It keeps the search going after the route has been found, and
 * remembers where paths parted.
 */
final class Explainer<T> implements Trace<T> {
  /** How many routes are shown that have another path, and how many with another host. */
  private static final int FEW = 5;

  private static final int MOST_OFFERED = 100;

  private final RouteRequest request;
  private final Map<String, Considered> offered = new LinkedHashMap<>();
  private final Map<String, Considered> elsewhere = new LinkedHashMap<>();
  private final List<Parting<T>> partings = new ArrayList<>();
  private @Nullable RouteEntry<T> winner;

  Explainer(RouteRequest request) {
    this.request = request;
  }

  /** Where the search went no further: after so many segments, at that slash. */
  private record Parting<T>(Node<T> node, int at, int segments) {}

  /** The first route that takes the request. */
  @Nullable RouteEntry<T> winner() {
    return winner;
  }

  @Override
  public boolean offered(RouteEntry<T> entry, @Nullable Loss loss) {
    if (winner == null && loss == null) {
      winner = entry;
    } else if (entry != winner && offered.size() < MOST_OFFERED) {
      Loss why = loss == null && winner != null ? new Loss.LessSpecific(winner.name()) : loss;
      if (why != null) {
        offered.putIfAbsent(entry.name(), new Considered(entry.name(), why));
      }
    }
    return false;
  }

  @Override
  public void left(Node<T> node, int at) {
    int segments = (int) request.path().substring(0, at).chars().filter(c -> c == '/').count();
    partings.add(new Parting<>(node, at, segments));
  }

  /** Looks whether routes of another host would take the request. */
  void probeHost(Node<T> tree) {
    if (elsewhere.size() >= FEW) {
      return;
    }
    tree.find(
        request,
        0,
        (entry, loss) -> {
          boolean met = entry == winner || offered.containsKey(entry.name());
          if (loss == null && !met && elsewhere.size() < FEW) {
            Loss host = new Loss.HostDiffers(entry.hosts());
            elsewhere.putIfAbsent(entry.name(), new Considered(entry.name(), host));
          }
          return false;
        });
  }

  List<Considered> considered() {
    Map<String, Considered> all = new LinkedHashMap<>(offered);
    elsewhere.forEach(all::putIfAbsent);
    int most = all.size() + FEW;
    partings.sort(Comparator.comparingInt((Parting<T> parting) -> parting.segments()).reversed());
    for (Parting<T> parting : partings) {
      addNear(parting, most, all);
    }
    return List.copyOf(all.values());
  }

  private void addNear(Parting<T> parting, int most, Map<String, Considered> all) {
    Node<T> node = parting.node();
    boolean ended = parting.at() == request.path().length();
    String was =
        ended
            ? ""
            : request
                .path()
                .substring(parting.at() + 1, Segments.endOf(request.path(), parting.at() + 1));
    List<RouteEntry<T>> near = new ArrayList<>();
    Nearest.to(was, node.literals().keys())
        .map(node.literals()::find)
        .ifPresent(child -> near.add(child.anyEntry()));
    if (!ended) {
      near.addAll(node.here().entries());
    }
    if (node.capture() != null) {
      near.add(node.capture().anyEntry());
    }
    node.literals().values().stream().limit(FEW + 1).forEach(child -> near.add(child.anyEntry()));
    for (RouteEntry<T> entry : near) {
      if (all.size() < most && entry != winner && !all.containsKey(entry.name())) {
        all.put(entry.name(), new Considered(entry.name(), parted(entry, parting.segments(), was)));
      }
    }
  }

  private Loss parted(RouteEntry<T> entry, int segment, String was) {
    PathTemplate template = entry.template();
    String wanted = "";
    if (segment < template.segments().size()) {
      wanted =
          switch (template.segments().get(segment)) {
            case PathTemplate.Literal(String text) -> text;
            case PathTemplate.Capture(String name) -> "{" + name + "}";
          };
    }
    return new Loss.PathDiffers(segment + 1, wanted, was);
  }
}
