package dev.headgate.cli;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
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

  /** Does what the arguments say; the process's exit code. */
  static int execute(Terminal terminal, Map<String, String> environment, String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    return commandLine(terminal, environment, first).execute(arguments);
  }

  /**
   * With the one command that is asked for, if there is one of that name: a start must not wait for
   * the others to be looked through. Else with all.
   */
  private static CommandLine commandLine(
      Terminal terminal, Map<String, String> environment, String asked) {
    CommandLine line = new CommandLine(new Headgate());
    Map<String, Supplier<Object>> commands = commands(terminal, environment);
    if (commands.containsKey(asked)) {
      line.addSubcommand(commands.get(asked).get());
    } else {
      commands.values().forEach(command -> line.addSubcommand(command.get()));
      CommandLine help = new CommandLine(new HelpCommand());
      help.getCommandSpec().usageMessage().description("Says more about a command.");
      line.addSubcommand(help);
    }
    return line.setOut(terminal.out())
        .setErr(terminal.err())
        .setUsageHelpWidth(HELP_WIDTH)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler((e, _) -> refuse(terminal, e))
        .setExecutionExceptionHandler((e, _, _) -> fail(terminal, e))
        .setColorScheme(
            CommandLine.Help.defaultColorScheme(terminal.colours() ? Ansi.ON : Ansi.OFF));
  }

  private static Map<String, Supplier<Object>> commands(
      Terminal terminal, Map<String, String> environment) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put("run", () -> new RunCommand(terminal, environment));
    commands.put("check", () -> new CheckCommand(terminal, environment));
    commands.put("explain", () -> new ExplainCommand(terminal, environment));
    commands.put("routes", () -> new RoutesCommand(terminal, environment));
    commands.put("upstreams", () -> new UpstreamsCommand(terminal, environment));
    commands.put(
        "keys",
        () ->
            new CommandLine(new KeysCommand())
                .addSubcommand(new KeysCreateCommand(terminal, Clock.systemUTC()))
                .addSubcommand(new KeysListCommand(terminal, environment))
                .addSubcommand(new KeysRevokeCommand(terminal)));
    commands.put(
        "limits",
        () ->
            new CommandLine(new LimitsCommand())
                .addSubcommand(new LimitsTopCommand(terminal, environment)));
    commands.put("usage", () -> new UsageCommand(terminal, environment, Clock.systemUTC()));
    commands.put(
        "quota",
        () ->
            new CommandLine(new QuotaCommand())
                .addSubcommand(new QuotaShowCommand(terminal, environment, Clock.systemUTC()))
                .addSubcommand(new QuotaGrantCommand(terminal, environment, Clock.systemUTC()))
                .addSubcommand(new QuotaResetCommand(terminal, environment, Clock.systemUTC())));
    commands.put("hash-password", () -> new HashPasswordCommand(terminal, System.in));
    commands.put("docs", () -> new DocsCommand(terminal));
    commands.put("schema", () -> new SchemaCommand(terminal));
    commands.put("reload", () -> new ReloadCommand(terminal, environment));
    commands.put("switch", () -> new SwitchCommand(terminal, environment));
    commands.put("demo", () -> new DemoCommand(terminal, environment));
    commands.put("train", () -> new TrainCommand(terminal, environment));
    commands.put("version", () -> new VersionCommand(terminal));
    return commands;
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
    terminal.err().println("'headgate help" + (top ? "" : " " + topic(command)) + "' says more");
    return ExitCode.USAGE;
  }

  /** Help is by command; what a command has below it is told there. */
  private static String topic(CommandSpec command) {
    CommandSpec above = command.parent();
    return above == null || above.parent() == null ? command.name() : topic(above);
  }

  private static int fail(Terminal terminal, Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    terminal.err().println("headgate: " + message);
    return ExitCode.PROBLEMS;
  }
}
