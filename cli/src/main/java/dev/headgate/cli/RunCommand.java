package dev.headgate.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "run",
    description = {
      "Serves a configuration.",
      "Prints one line for each listener with its address, then 'ready'. Changes of the file are"
          + " taken up as it is saved, on SIGHUP and by 'headgate reload'; a change with problems"
          + " changes nothing. SIGTERM or Ctrl-C finishes what is in flight and stops; a second"
          + " Ctrl-C does not wait."
    },
    footer = {"", "Exit codes: 0 stopped as asked, 1 the configuration has problems."})
final class RunCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;

  @Mixin private final ConfigArgument argument = new ConfigArgument();

  RunCommand(Terminal terminal, Map<String, String> environment) {
    this.terminal = terminal;
    this.environment = environment;
  }

  @Override
  public Integer call() {
    NodeRunner runner = new NodeRunner(terminal, environment);
    return runner.run(argument.file(), runner::printAddresses);
  }
}
