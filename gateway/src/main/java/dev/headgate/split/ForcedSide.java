package dev.headgate.split;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Route;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.expression.Expression;
import dev.headgate.http.HeaderName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A rule by which something about a request names its side. */
@LoopConfined
final class ForcedSide {
  private static final int LONGEST_COOKIE = 4096;

  private final Split.Forced rule;
  private final Map<String, Integer> sides = new HashMap<>();
  private final Value value;

  /** What a request has of that; null for nothing. */
  private interface Value {
    @Nullable String of(Exchange exchange);
  }

  ForcedSide(Split.Forced rule, List<Route.Target> targets) {
    this.rule = rule;
    this.value = value(rule.config().by());
    Map<String, String> values = rule.config().values();
    if (values.isEmpty()) {
      for (int i = 0; i < targets.size(); i++) {
        sides.put(targets.get(i).sideName(), i);
      }
    } else {
      values.forEach((text, side) -> sides.put(text, Split.indexOf(targets, side)));
    }
  }

  String by() {
    return rule.config().by();
  }

  @Nullable Expression when() {
    return rule.when();
  }

  /** The number of the side that is named; {@link Splitter#BY_CHANCE} if none is. */
  int side(Exchange exchange) {
    String text = value.of(exchange);
    Integer side = text == null ? null : sides.get(text);
    return side == null ? Splitter.BY_CHANCE : side;
  }

  private static Value value(String by) {
    int colon = by.indexOf(':');
    String name = by.substring(colon + 1);
    return switch (by.substring(0, colon + 1)) {
      case "header:" -> {
        HeaderName field = HeaderName.of(name);
        yield exchange -> exchange.requestHeaders().get(field);
      }
      case "cookie:" -> {
        CredentialPlace place = CredentialPlace.cookie(name, LONGEST_COOKIE);
        yield exchange -> {
          int length = place.read(exchange);
          return length <= 0 ? null : new String(place.bytes(), place.from(), length, ISO_8859_1);
        };
      }
      case "claim:" ->
          exchange -> {
            Identity identity = exchange.identity();
            Object claim = identity == null ? null : identity.claims().get(name);
            return claim == null ? null : claim.toString();
          };
      case "label:" ->
          exchange -> {
            Identity identity = exchange.identity();
            return identity == null ? null : identity.labels().get(name);
          };
      default ->
          exchange -> {
            Identity identity = exchange.identity();
            return identity == null || identity.consumer() == null
                ? null
                : identity.consumer().name();
          };
    };
  }
}
