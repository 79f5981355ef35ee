package dev.headgate.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.util.Map;

/** Where the process begins. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    Terminal terminal =
        new Terminal(
            new PrintWriter(new OutputStreamWriter(System.out, UTF_8), true),
            new PrintWriter(new OutputStreamWriter(System.err, UTF_8), true),
            colours());
    int code = Headgate.execute(terminal, System.getenv(), args);
    terminal.out().flush();
    System.exit(code);
  }

  /** Colours on a terminal, unless the user says otherwise (no-color.org). */
  @SuppressWarnings("SystemConsoleNull") // it is, off a terminal, with the JDK's own console
  private static boolean colours() {
    Map<String, String> environment = System.getenv();
    Console console = System.console();
    return console != null
        && console.isTerminal()
        && environment.getOrDefault("NO_COLOR", "").isEmpty()
        && !"dumb".equals(environment.get("TERM"));
  }
}
