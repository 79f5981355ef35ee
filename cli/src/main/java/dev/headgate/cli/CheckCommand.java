package dev.headgate.cli;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "check",
    description = {
      "Reports every problem of a configuration at once.",
      "Each with file, line, column and what to do about it. Nothing is started and no socket"
          + " opened."
    },
    footer = {"", "Exit codes: 0 the configuration can be served, 1 it cannot."})
final class CheckCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private final ConfigArgument argument = new ConfigArgument();

  CheckCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    Checked checked =
        Checked.of(new ConfigReader(Policies.KINDS, Secrets.of(environment)).read(argument.file()));
    Problems problems = checked.problems();
    new ProblemReport(terminal, terminal.out()).print(problems);
    String summary = argument.file() + ": " + ProblemReport.summary(problems);
    return switch (checked) {
      case Checked.Good good -> {
        terminal.out().println(summary + " in " + contents(good.snapshot().config()));
        yield ExitCode.OK;
      }
      case Checked.Bad _ -> {
        terminal.err().println(summary);
        yield ExitCode.PROBLEMS;
      }
    };
  }

  private static String contents(Config config) {
    return "%s, %s, %s"
        .formatted(
            ProblemReport.counted(config.listeners().size(), "listener"),
            ProblemReport.counted(config.routes().size(), "route"),
            ProblemReport.counted(config.upstreams().size(), "upstream"));
  }
}
