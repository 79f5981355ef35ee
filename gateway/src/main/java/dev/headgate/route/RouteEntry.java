package dev.headgate.route;

import dev.headgate.config.PathTemplate;
import dev.headgate.config.Route;
import dev.headgate.http.HeaderName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A route, compiled for matching, with what the router gives back for it. Immutable; may be part of
 * any number of routers.
 *
 * <p>A route that takes GET takes HEAD too (RFC 9110 section 9.3.2), unless another route with the
 * same path and as many predicates names HEAD.
 */
public final class RouteEntry<T> {
  private static final Predicate[] NONE = {};

  /**
   * The order in which routes with the same path are tried: more predicates first. No two that
   * remain equal take the same request, so the name only makes the order the same every time.
   */
  static final Comparator<RouteEntry<?>> MORE_SPECIFIC_FIRST =
      Comparator.<RouteEntry<?>>comparingInt(entry -> -entry.predicateCount())
          .thenComparing(entry -> !entry.methods.contains("HEAD"))
          .thenComparing(RouteEntry::name);

  private final String name;
  private final PathTemplate template;
  private final Route.EncodedSlash encodedSlash;
  private final T payload;
  private final List<String> hosts;
  private final List<String> methods;
  private final String[] taken;
  private final @Nullable String[] keys;
  private final Predicate[] predicates;

  /**
   * @param payload what a match gives back
   * @throws IllegalArgumentException with a hint for the user, if the path or an expression is
   *     wrong
   */
  public RouteEntry(String name, Route.Match match, Route.EncodedSlash encodedSlash, T payload) {
    this.name = name;
    this.template = PathTemplate.parse(match.path());
    this.encodedSlash = encodedSlash;
    this.payload = payload;
    this.hosts =
        match.host().stream().map(host -> host.toLowerCase(Locale.ROOT)).distinct().toList();
    this.methods = List.copyOf(match.methods());
    this.taken = taken(methods);
    this.keys = keys(template);
    this.predicates = predicates(match);
  }

  public String name() {
    return name;
  }

  public PathTemplate template() {
    return template;
  }

  public Route.EncodedSlash encodedSlash() {
    return encodedSlash;
  }

  public T payload() {
    return payload;
  }

  /** Names, or {@code *.} and a suffix; empty for every host. */
  List<String> hosts() {
    return hosts;
  }

  /** The methods that it takes, HEAD by way of GET included; empty for every method. */
  List<String> methodsTaken() {
    return List.of(taken);
  }

  /** What the segment of that number is compared with; null where it is captured. */
  @Nullable String key(int segment) {
    return keys[segment];
  }

  int predicateCount() {
    return predicates.length + (methods.isEmpty() ? 0 : 1);
  }

  /** Whether it takes a request whose host and path are right. */
  boolean takes(RouteRequest request) {
    return takesMethod(request.method()) && Predicate.firstBroken(predicates, request) == null;
  }

  /** Why it does not take a request whose host and path are right; the method comes last. */
  @Nullable Loss loss(RouteRequest request) {
    Predicate broken = Predicate.firstBroken(predicates, request);
    if (broken != null) {
      return broken.loss();
    }
    return takesMethod(request.method()) ? null : new Loss.MethodDiffers(methodsTaken());
  }

  /** Whether no request can be taken by both, or it is clear which one takes it. */
  boolean isApartFrom(RouteEntry<?> other) {
    if (predicateCount() != other.predicateCount()) {
      return true;
    }
    if (!methods.isEmpty()
        && !other.methods.isEmpty()
        && methods.stream().noneMatch(other.methods::contains)) {
      return true;
    }
    for (Predicate mine : predicates) {
      for (Predicate its : other.predicates) {
        if (Predicate.disjoint(mine, its)) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean takesMethod(String method) {
    if (taken.length == 0) {
      return true;
    }
    for (String one : taken) {
      if (one.equals(method)) {
        return true;
      }
    }
    return false;
  }

  private static String[] taken(List<String> methods) {
    List<String> taken = new ArrayList<>(methods);
    if (methods.contains("GET") && !methods.contains("HEAD")) {
      taken.add("HEAD");
    }
    return taken.toArray(String[]::new);
  }

  private static @Nullable String[] keys(PathTemplate template) {
    @Nullable String[] keys = new @Nullable String[template.segments().size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] =
          switch (template.segments().get(i)) {
            case PathTemplate.Literal(String text) -> Segments.key(text);
            case PathTemplate.Capture _ -> null;
          };
    }
    return keys;
  }

  private static Predicate[] predicates(Route.Match match) {
    if (match.headers().isEmpty() && match.query().isEmpty()) {
      return NONE;
    }
    List<Predicate> predicates = new ArrayList<>();
    match
        .headers()
        .forEach((name, value) ->
            predicates.add(new Predicate.HeaderIs(HeaderName.of(name), ValueTest.of(value))));
    match
        .query()
        .forEach(
            (name, value) -> predicates.add(new Predicate.ParameterIs(name, ValueTest.of(value))));
    return predicates.toArray(Predicate[]::new);
  }

  @Override
  public String toString() {
    return name + " " + template;
  }
}
