package dev.headgate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

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

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The configuration that the gateway serves.")
  private @Nullable Path file;

  @Option(names = "--pid", paramLabel = "N", description = "The gateway's process number.")
  private @Nullable Long pid;

  @Spec private CommandSpec spec;

  ReloadCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    RunningNode node = chosen(RunningNode.all(RunningNode.folder(environment)));
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

  private RunningNode chosen(List<RunningNode> nodes) {
    Path wanted = file == null ? null : file.toAbsolutePath().normalize();
    List<RunningNode> suiting =
        nodes.stream()
            .filter(node -> pid == null || node.pid() == pid)
            .filter(node -> wanted == null || node.configuration().equals(wanted))
            .toList();
    if (suiting.size() == 1) {
      return suiting.getFirst();
    }
    StringBuilder message =
        new StringBuilder(
            suiting.isEmpty()
                ? "no such gateway runs here as this user"
                : "several gateways run here");
    for (RunningNode node : nodes) {
      message.append("; --pid ").append(node.pid()).append(" serves ").append(node.configuration());
    }
    throw new ParameterException(spec.commandLine(), message.toString());
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
