package dev.headgate.route;

import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Query;
import org.jspecify.annotations.Nullable;

/** One condition on a request beside host, path and method. */
sealed interface Predicate {
  boolean holds(RouteRequest request);

  /** Why it does not hold. */
  Loss loss();

  /**
   * A header field. Several lines of one name count as one value, joined by comma and space (RFC
   * 9110 section 5.3).
   */
  record HeaderIs(HeaderName name, ValueTest test) implements Predicate {
    @Override
    public boolean holds(RouteRequest request) {
      Headers headers = request.headers();
      return test.holds(
          headers.count(name) > 1 ? String.join(", ", headers.all(name)) : headers.get(name));
    }

    @Override
    public Loss loss() {
      return new Loss.HeaderDiffers(name.text(), test.text());
    }
  }

  /** A query parameter. Of several with that name the first counts. */
  record ParameterIs(String name, ValueTest test) implements Predicate {
    @Override
    public boolean holds(RouteRequest request) {
      String query = request.query();
      return test.holds(query == null ? null : Query.first(query, name));
    }

    @Override
    public Loss loss() {
      return new Loss.ParameterDiffers(name, test.text());
    }
  }

  /** Whether no request can hold for both. */
  static boolean disjoint(Predicate a, Predicate b) {
    return switch (a) {
      case HeaderIs header ->
          b instanceof HeaderIs other
              && header.name.text().equals(other.name.text())
              && ValueTest.disjoint(header.test, other.test);
      case ParameterIs parameter ->
          b instanceof ParameterIs other
              && parameter.name.equals(other.name)
              && ValueTest.disjoint(parameter.test, other.test);
    };
  }

  /** The first that does not hold, or null. */
  static @Nullable Predicate firstBroken(Predicate[] predicates, RouteRequest request) {
    for (Predicate predicate : predicates) {
      if (!predicate.holds(request)) {
        return predicate;
      }
    }
    return null;
  }
}
