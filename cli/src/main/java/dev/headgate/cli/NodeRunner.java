package dev.headgate.cli;

import dev.headgate.Node;
import dev.headgate.cli.Terminal.Style;
import dev.headgate.config.HostPort;
import dev.headgate.config.Problems;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import dev.headgate.source.FileSource;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves a configuration until the process is told to stop. */
record NodeRunner(Terminal terminal, Map<String, String> environment) {
  private static final Logger LOG = LoggerFactory.getLogger(NodeRunner.class);

  /**
   * Runs; does not come back before the end.
   *
   * @param started called once it serves, before {@code ready} is printed
   * @return the exit code
   */
  int run(Path configuration, Consumer<Node> started) {
    NettyLog.install();
    try (FileSource source =
        new FileSource(configuration, new ConfigReader(Policies.KINDS, Secrets.of(environment)))) {
      return switch (Node.start(source, Build.current().version(), Clock.systemUTC())) {
        case Node.Started.Refused(Problems problems) -> {
          new ProblemReport(terminal, terminal.err()).print(problems);
          terminal.err().println("not started: " + ProblemReport.summary(problems));
          yield ExitCode.PROBLEMS;
        }
        case Node.Started.Serving(Node node, Problems warnings) -> {
          new ProblemReport(terminal, terminal.err()).print(warnings);
          serve(node, configuration, started);
          yield ExitCode.OK;
        }
      };
    }
  }

  private void serve(Node node, Path configuration, Consumer<Node> started) {
    try (node) {
      Signals signals = new Signals(node::reload);
      RunningNode self =
          RunningNode.current(
              configuration, node.adminAddress().map(NodeRunner::hostPort).orElse(""));
      Path folder = RunningNode.folder(environment);
      try {
        self.write(folder);
      } catch (IOException e) {
        LOG.warn("'headgate reload' will not find this process: {}", e.toString());
      }
      started.accept(node);
      terminal.out().println(terminal.styled(Style.GREEN, "ready"));
      signals.awaitStop();
      self.erase(folder);
      LOG.info("Stopping: what is in flight may finish");
    }
  }

  /** Prints where a node listens, one line each. */
  void printAddresses(Node node) {
    node.addresses()
        .forEach((name, address) ->
            terminal
                .out()
                .println(
                    "listener %s on %s://%s"
                        .formatted(name, node.scheme(name), hostPort(address))));
    node.adminAddress()
        .ifPresent(address -> terminal.out().println("admin on http://" + hostPort(address)));
  }

  static String hostPort(InetSocketAddress address) {
    return new HostPort(address.getAddress().getHostAddress(), address.getPort()).toString();
  }
}
