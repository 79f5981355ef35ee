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
  public static String shortened(String whole, int longest) {
    String text = withoutCredentials(whole);
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

  /** Without what stands between {@code ://} and {@code @}, where URLs have passwords. */
  private static String withoutCredentials(String text) {
    int scheme = text.indexOf("://");
    int at = scheme < 0 ? -1 : text.lastIndexOf('@');
    return at < scheme + 3 ? text : text.substring(0, scheme + 3) + "…" + text.substring(at);
  }

  /** The same in quotes. */
  public static String quoted(String text) {
    return "'" + shortened(text) + "'";
  }
}
