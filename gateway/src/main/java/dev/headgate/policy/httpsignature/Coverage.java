package dev.headgate.policy.httpsignature;

import dev.headgate.digest.BodyDigests;
import dev.headgate.policy.httpsignature.Refused.Why;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a signature must cover. Immutable. */
record Coverage(List<String> wanted) {
  /** What makes a signature good for one request only, as far as its head says where it goes. */
  static final Coverage USUAL = new Coverage(List.of("@method", "@authority", "@path", "@query"));

  /** Components that others stand for. */
  private static final Map<String, List<String>> WITHIN =
      Map.of(
          "@authority", List.of("@target-uri"),
          "@scheme", List.of("@target-uri"),
          "@path", List.of("@target-uri", "@request-target"),
          "@query", List.of("@target-uri", "@request-target"));

  /**
   * @param written as in the configuration; empty for the usual
   */
  static Coverage of(List<String> written) {
    return written.isEmpty()
        ? USUAL
        : new Coverage(written.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList());
  }

  /** Refuses what leaves out something. */
  void check(List<Component> components) throws Refused {
    String missing = missing(components);
    if (missing != null) {
      throw new Refused(Why.INCOMPLETE, "it does not cover " + missing);
    }
  }

  private @Nullable String missing(List<Component> components) {
    for (String name : wanted) {
      if (!covers(components, name)
          && WITHIN.getOrDefault(name, List.of()).stream()
              .noneMatch(whole -> covers(components, whole))) {
        return name;
      }
    }
    return null;
  }

  /** The first of others that is left out here; null if none is. */
  @Nullable String leavesOut(Coverage other) {
    return other.missing(wanted.stream().map(name -> new Component(name, name, "", "")).toList());
  }

  private static boolean covers(List<Component> components, String name) {
    return components.stream()
        .anyMatch(component -> component.whole() && component.name().equals(name));
  }

  static boolean coversDigest(List<Component> components) {
    return covers(components, BodyDigests.FIELD.text());
  }
}
