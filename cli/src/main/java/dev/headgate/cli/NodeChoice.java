package dev.headgate.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which of the gateways that run on this machine is meant: a {@link Mixin}. */
final class NodeChoice {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      description = "The configuration that the gateway serves.")
  private @Nullable Path file;

  @Option(names = "--pid", paramLabel = "N", description = "The gateway's process number.")
  private @Nullable Long pid;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /** The one that suits. */
  RunningNode chosen(Map<String, String> environment) throws IOException {
    List<RunningNode> nodes = RunningNode.all(RunningNode.folder(environment));
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
}
