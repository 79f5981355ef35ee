package dev.headgate.config;

/** Texts from a file as they appear in a message: short, on one line, harmless to a terminal. */
public final class Shown {
  private static final int LONGEST = 60;

  private Shown() {}

  /** At most a line of it, control characters as escapes. */
  public static String shortened(String text) {
    return shortened(text, LONGEST);
  }

  /** At most so many characters of it, control characters as escapes. */
  public static String shortened(String text, int longest) {
    StringBuilder out = new StringBuilder();
    int at = 0;
    while (at < text.length() && out.length() < longest) {
      int c = text.codePointAt(at);
      at += Character.charCount(c);
      if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
        out.append("\\u%04x".formatted(c));
      } else {
        out.appendCodePoint(c);
      }
    }
    return at < text.length() ? out + "…" : out.toString();
  }

  /** The same in quotes. */
  public static String quoted(String text) {
    return "'" + shortened(text) + "'";
  }
}
