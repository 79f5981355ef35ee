package dev.headgate.config.check;

import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The rules of header fields that a user sets, adds, removes or matches (RFC 9110 section 5). */
public final class HeaderFields {
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_VALUE = 8 << 10;
  private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

  /** Fields that say where a message ends, where it goes, or belong to one connection. */
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-length",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");

  private final Problems problems;

  public HeaderFields(Problems problems) {
    this.problems = problems;
  }

  /** Checks fields that are written into a message. */
  void written(String at, Map<String, String> fields) {
    Set<String> seen = new HashSet<>();
    fields.forEach((name, value) -> {
      changed(at + "." + name, name);
      value(at + "." + name, value);
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        problems.error(at + "." + name, "this field is there twice: letter case does not count");
      }
    });
  }

  /** Checks the name of a field that is written or taken away. */
  public void changed(String at, String name) {
    if (!name(at, name)) {
      return;
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      problems.error(
          at,
          Shown.quoted(name) + " cannot be changed",
          name.equalsIgnoreCase("host")
              ? "an upstream's 'host' says which host its endpoints are asked for"
              : "it belongs to the connection or says where the message goes or ends; Headgate writes it");
    }
  }

  /** Checks names of fields that are only read. */
  public void names(String at, List<String> names) {
    for (int i = 0; i < names.size(); i++) {
      name(at + "[" + i + "]", names.get(i));
    }
  }

  /**
   * Whether a field says where a message goes or ends, or belongs to one connection.
   *
   * @param lower the name in lower case
   */
  public static boolean isReserved(String lower) {
    return RESERVED.contains(lower);
  }

  /** Checks a name; whether it is one. */
  public boolean name(String at, String name) {
    if (isToken(name) && name.length() <= LONGEST_NAME) {
      return true;
    }
    String hint = name.endsWith(":") ? "without the colon" : "as in 'x-request-id'";
    problems.error(at, Shown.quoted(name) + " is not the name of a header field", hint);
    return false;
  }

  public static boolean isToken(String text) {
    return !text.isEmpty()
        && text.chars()
            .allMatch(c ->
                (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || TOKEN_MARKS.indexOf(c) >= 0);
  }

  /** Values are not quoted: they are where credentials stand. */
  private void value(String at, String value) {
    if (value.length() > LONGEST_VALUE) {
      problems.error(at, "the value is longer than " + LONGEST_VALUE + " characters");
    }
    if (value.chars().anyMatch(c -> (c < ' ' && c != '\t') || c >= 0x7f)) {
      problems.error(
          at,
          "a value is printable ASCII, without line breaks",
          value.endsWith("\n") ? "write the text on one line; '|' and '>' add a line break" : "");
    } else if (!value.equals(value.strip())) {
      problems.error(at, "a value neither begins nor ends with a space");
    }
  }
}
