package dev.headgate.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line as a whole. */
@Command(
    name = "headgate",
    description = "An API gateway: every change as safe as a change to code.",
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    footer = {
      "",
      "Begin with:",
      "  headgate demo                  a gateway before two small origins, and URLs to try",
      "  headgate check headgate.yaml   every problem at once, with file, line and column",
      "  headgate run headgate.yaml     serve; Ctrl-C finishes what is in flight and stops",
      "  headgate docs routes           what may be written under 'routes:'",
      "",
      "'headgate help COMMAND' says more. Exit codes: 0 all is well, 1 problems, 2 usage.",
      "Environment: JAVA_HOME, HEADGATE_JAVA_OPTS, HEADGATE_LOG=debug, NO_COLOR."
    })
final class Headgate implements Runnable {
  private static final int HELP_WIDTH = 100;

  @Spec private CommandSpec spec;

  private Headgate() {}

  /**
   * @param environment the process's environment variables
   */
  static CommandLine commandLine(Terminal terminal, Map<String, String> environment) {
    CommandLine line = new CommandLine(new Headgate());
    for (Object command : commands(terminal, environment)) {
      line.addSubcommand(command);
    }
    CommandLine help = new CommandLine(new HelpCommand());
    help.getCommandSpec().usageMessage().description("Says more about a command.");
    line.addSubcommand(help)
        .setOut(terminal.out())
        .setErr(terminal.err())
        .setUsageHelpWidth(HELP_WIDTH)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, _) -> refuse(terminal, e))
        .setExecutionExceptionHandler((e, _, _) -> fail(terminal, e))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF));
    return line;
  }

  private static List<Object> commands(Terminal terminal, Map<String, String> environment) {
    return List.of(
        new RunCommand(terminal, environment),
        new CheckCommand(terminal, environment),
        new ExplainCommand(terminal, environment),
        new RoutesCommand(terminal, environment),
        new DocsCommand(terminal),
        new SchemaCommand(terminal),
        new ReloadCommand(terminal, environment),
        new DemoCommand(terminal, environment),
        new TrainCommand(terminal, environment),
        new VersionCommand(terminal));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getErr());
    throw new ParameterException(spec.commandLine(), "a command is needed");
  }

  /** Two or three lines: what is wrong and where to read more. A page of help would hide it. */
  private static int refuse(Terminal terminal, ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    boolean top = command.parent() == null;
    String message =
        top && e instanceof UnmatchedArgumentException unmatched
            ? "there is no command '" + unmatched.getUnmatched().getFirst() + "'"
            : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    terminal.err().println("headgate: " + message);
    UnmatchedArgumentException.printSuggestions(e, terminal.err());
    terminal.err().println("'headgate help" + (top ? "" : " " + command.name()) + "' says more");
    return ExitCode.USAGE;
  }

  private static int fail(Terminal terminal, Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    terminal.err().println("headgate: " + message);
    return ExitCode.PROBLEMS;
  }
}
