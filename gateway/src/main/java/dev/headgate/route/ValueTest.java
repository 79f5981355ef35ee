package dev.headgate.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.headgate.config.Route;
import org.jspecify.annotations.Nullable;

/** What the value of a header field or query parameter must be. */
sealed interface ValueTest {
  /** Instructions of a compiled expression; a look-up takes time in proportion. */
  int MAX_PROGRAM = 1000;

  /** A longer value is never matched against an expression, and does not match. */
  int MAX_VALUE = 4096;

  /** Whether a value holds; null where the field is absent. */
  boolean holds(@Nullable String value);

  /** How it is shown, after the field's name. */
  String text();

  /** Exactly this value. */
  record Exact(String wanted) implements ValueTest {
    @Override
    public boolean holds(@Nullable String value) {
      return wanted.equals(value);
    }

    @Override
    public String text() {
      return "is not '" + wanted + "'";
    }
  }

  /** There, whatever it is, or not there. */
  record Present(boolean wanted) implements ValueTest {
    @Override
    public boolean holds(@Nullable String value) {
      return wanted == (value != null);
    }

    @Override
    public String text() {
      return wanted ? "is absent" : "is present";
    }
  }

  /** An expression that the whole value matches, in linear time. */
  record Regex(Pattern pattern) implements ValueTest {
    @Override
    public boolean holds(@Nullable String value) {
      return value != null && value.length() <= MAX_VALUE && pattern.matches(value);
    }

    @Override
    public String text() {
      return "does not match '" + pattern.pattern() + "'";
    }
  }

  /**
   * @throws IllegalArgumentException with a hint for the user, if the expression is wrong or too
   *     large
   */
  static ValueTest of(Route.ValueMatch match) {
    if (match.exact() != null) {
      return new Exact(match.exact());
    }
    if (match.regex() != null) {
      return new Regex(compile(match.regex()));
    }
    return new Present(match.present() == null || match.present());
  }

  private static Pattern compile(String regex) {
    try {
      Pattern pattern = Pattern.compile(regex);
      if (pattern.programSize() > MAX_PROGRAM) {
        throw new IllegalArgumentException("the expression is too large: repeat fewer times");
      }
      return pattern;
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("not an RE2 expression: " + e.getDescription(), e);
    }
  }

  /** Whether no value can hold for both. */
  static boolean disjoint(ValueTest a, ValueTest b) {
    return switch (a) {
      case Exact(String wanted) -> !b.holds(wanted);
      case Present(boolean wanted) ->
          b instanceof Present(boolean other)
              ? wanted != other
              : b instanceof Exact(String text) ? !a.holds(text) : !wanted;
      case Regex _ ->
          switch (b) {
            case Exact(String wanted) -> !a.holds(wanted);
            case Present(boolean wanted) -> !wanted;
            case Regex _ -> false;
          };
    };
  }
}
