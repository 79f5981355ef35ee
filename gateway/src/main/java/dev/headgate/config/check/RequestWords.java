package dev.headgate.config.check;

import dev.headgate.config.Nearest;
import dev.headgate.config.PathTemplate;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rules of words that name something about a request, such as {@code header:X-User}. */
final class RequestWords {
  /** What requests can be told apart by. */
  static final List<String> APART =
      List.of(
          "client",
          "consumer",
          "credential",
          "host",
          "header:NAME",
          "cookie:NAME",
          "claim:NAME",
          "label:NAME",
          "path:NAME");

  /** What can name a side. */
  static final List<String> NAMING =
      List.of("header:NAME", "cookie:NAME", "consumer", "claim:NAME", "label:NAME");

  private final Problems problems;

  RequestWords(Problems problems) {
    this.problems = problems;
  }

  /**
   * Reports what is none of the words.
   *
   * @param known those that can stand here
   * @param meaning what they are, as in "nothing that a request is about"
   */
  boolean check(String at, String text, List<String> known, String meaning) {
    String word = word(text);
    String name = text.substring(text.indexOf(':') + 1);
    if (!known.contains(word) || name.isEmpty()) {
      String near = Nearest.hint(text, known);
      problems.error(
          at,
          Shown.quoted(text) + " is " + meaning,
          near.isEmpty() ? "there are " + String.join(", ", known) : near);
      return false;
    }
    if (isSent(text)) {
      new HeaderFields(problems).name(at, name);
    }
    return true;
  }

  /** Reports what the path of a route does not capture. */
  void captured(String at, String text, @Nullable PathTemplate path) {
    String name = text.substring(text.indexOf(':') + 1);
    if (text.startsWith("path:") && path != null && path.indexOf(name) < 0) {
      String near = Nearest.hint(name, path.names());
      problems.error(
          at,
          "the route's path captures no {" + name + "}",
          near.isEmpty() ? "as in 'path: /tenants/{" + name + "}/**'" : near);
    }
  }

  /** Whether it is known only once somebody has said who is calling. */
  static boolean needsIdentity(String text) {
    return switch (word(text)) {
      case "consumer", "credential", "claim:NAME", "label:NAME" -> true;
      default -> false;
    };
  }

  /** Whether any caller can send what it likes. */
  static boolean isSent(String text) {
    return text.startsWith("header:") || text.startsWith("cookie:");
  }

  private static String word(String text) {
    int colon = text.indexOf(':');
    return colon < 0 ? text : text.substring(0, colon + 1) + "NAME";
  }
}
