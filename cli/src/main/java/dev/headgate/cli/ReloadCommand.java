package dev.headgate.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "reload",
    description = {
      "Makes a running gateway read its configuration again, and says what came of it.",
      "A configuration with problems changes nothing: what served before serves on. (A saved file"
          + " is taken up by itself within about a second; this is for scripts that want the"
          + " answer.)"
    },
    footer = {
      "",
      "Examples:",
      "  headgate reload                  the gateway that runs on this machine, if it is one",
      "  headgate reload headgate.yaml    the one that serves this file",
      "",
      "Exit codes: 0 applied, 1 refused or no answer."
    })
final class ReloadCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private final NodeChoice choice = new NodeChoice();

  ReloadCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunningNode node = choice.chosen(environment);
    Optional<AdminClient> admin = AdminClient.of(node.admin());
    long before = admin.isPresent() ? admin.get().lastReload().count() : 0;
    hangUp(node.pid());
    if (admin.isEmpty()) {
      terminal
          .out()
          .println("asked process " + node.pid() + "; without admin endpoints it cannot answer");
      return ExitCode.OK;
    }
    AdminClient.Reload outcome = admin.get().awaitReloadAfter(before, PATIENCE);
    if (outcome.applied()) {
      terminal.out().println("applied by process " + node.pid() + ": " + node.configuration());
      return ExitCode.OK;
    }
    outcome.problems().forEach(terminal.out()::println);
    terminal.err().println("refused by process " + node.pid() + ": what served before serves on");
    return ExitCode.PROBLEMS;
  }

  /** Sends SIGHUP, which Java has no call for. */
  private static void hangUp(long pid) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-HUP", Long.toString(pid))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (kill.waitFor() != 0) {
      throw new IOException("the process " + pid + " could not be signalled");
    }
  }
}
