package dev.headgate.policy.httpsignature;

import static dev.headgate.policy.httpsignature.MessageSignature.malformed;

import dev.headgate.http.Tokens;
import dev.headgate.structured.Bare;
import dev.headgate.structured.FieldWriter;
import dev.headgate.structured.Member;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing that a signature covers (RFC 9421 sections 2.1 and 2.2): something derived from the
 * request, whose name begins with {@code @}, or a header field.
 *
 * @param identifier as it stands in what is signed, such as {@code "@query-param";name="id"}
 * @param name such as {@code @query-param} or {@code content-type}
 * @param parameter what of it, or in which form: {@code name}, {@code sf}, {@code key} or {@code
 *     bs}; empty for the whole as it is
 * @param argument of the parameter, if it has one
 */
record Component(String identifier, String name, String parameter, String argument) {
  static final String QUERY_PARAM = "@query-param";

  /** What can be derived of a request, but for {@link #QUERY_PARAM}. */
  static final Set<String> DERIVED =
      Set.of(
          "@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query");

  /**
   * Reads one.
   *
   * @param which for the operator, as in {@code component 3}
   */
  static Component of(Member.Item item, String which) throws Refused {
    if (!(item.value() instanceof Bare.Text(String name))) {
      throw malformed(which + " is no string");
    }
    Map<String, Bare> parameters = item.parameters();
    if (parameters.size() > 1) {
      throw malformed(which + " has several parameters");
    }
    String parameter = parameters.isEmpty() ? "" : parameters.keySet().iterator().next();
    String argument = argument(parameters.get(parameter), which);
    boolean good =
        switch (parameter) {
          case "" -> DERIVED.contains(name) || isField(name);
          case "name" -> name.equals(QUERY_PARAM) && !argument.isEmpty();
          case "sf", "bs" -> isField(name) && argument.isEmpty();
          case "key" -> isField(name) && !argument.isEmpty();
          case "req", "tr" -> throw malformed(which + " is not of this request's head");
          default -> throw malformed(which + " has a parameter that is not known");
        };
    if (!good) {
      throw malformed(
          which + " is nothing that a request has, or has a parameter that it cannot have");
    }
    return new Component(FieldWriter.of(item), name, parameter, argument);
  }

  private static String argument(@Nullable Bare value, String which) throws Refused {
    return switch (value) {
      case null -> "";
      case Bare.Flag(boolean on) when on -> "";
      case Bare.Text(String text) -> text;
      default -> throw malformed(which + " has a parameter that is no string");
    };
  }

  static boolean isField(String name) {
    return Tokens.isToken(name) && name.equals(name.toLowerCase(Locale.ROOT));
  }

  /** Whether the whole of it is covered, in whatever form. */
  boolean whole() {
    return parameter.isEmpty() || parameter.equals("sf") || parameter.equals("bs");
  }
}
