package dev.headgate.cli;

import java.io.PrintWriter;

/**
 * Where a command prints.
 *
 * @param out results
 * @param err what went wrong
 * @param colours whether escape sequences may be printed
 */
record Terminal(PrintWriter out, PrintWriter err, boolean colours) {
  /** How a piece of text stands out. */
  enum Style {
    BOLD("1"),
    FAINT("2"),
    RED("31"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  String styled(Style style, String text) {
    return colours ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
  }
}
