package dev.headgate.snapshot;

import dev.headgate.config.Route;
import dev.headgate.exchange.Failure;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a route does when its upstream does not answer well: exactly one of another upstream and a
 * fixed answer.
 *
 * @param on the words after which it does, and statuses
 * @param anyMethod whether a request may be sent elsewhere that the first upstream may have acted
 *     upon, whatever its method
 */
public record Fallback(
    Action.@Nullable NamedUpstream to,
    Action.@Nullable Respond respond,
    Set<String> on,
    boolean anyMethod) {

  /** RFC 9110 section 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE");

  /** The word for a failure, as users write it under {@code on}; empty if there is none. */
  public static String word(Failure failure) {
    return switch (failure.reason()) {
      case "upstream.open" -> Route.Fallback.OPEN;
      case "upstream.busy" -> Route.Fallback.BUSY;
      case "upstream.timeout" -> Route.Fallback.TIMEOUT;
      default ->
          failure.source() != Failure.Source.UPSTREAM
              ? ""
              : failure.retryable()
                  ? Route.Fallback.CONNECT_FAILURE
                  : failure.reason().equals("upstream.reset") ? Route.Fallback.RESET : "";
    };
  }

  /**
   * Whether it stands in after that.
   *
   * @param word as under {@code on}
   */
  public boolean takes(String word, String method) {
    return on.contains(word)
        && (to == null || anyMethod || isHarmless(word) || IDEMPOTENT.contains(method));
  }

  /** Whether the first upstream cannot have done anything. */
  private static boolean isHarmless(String word) {
    return switch (word) {
      case Route.Fallback.OPEN, Route.Fallback.BUSY, Route.Fallback.CONNECT_FAILURE -> true;
      default -> false;
    };
  }

  /** For people. */
  @Override
  public String toString() {
    String what =
        to != null
            ? "upstream " + to.name()
            : respond == null ? "nothing" : "an answer with " + respond.status();
    return "after " + String.join(", ", on.stream().sorted().toList()) + ": " + what;
  }
}
