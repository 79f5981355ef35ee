package dev.headgate.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints which Headgate and which Java this is.")
final class VersionCommand implements Callable<Integer> {
  private final Terminal terminal;

  VersionCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().println("headgate " + Build.current().version());
    terminal.out().println(Build.platform());
    return ExitCode.OK;
  }
}
