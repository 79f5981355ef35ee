package dev.headgate.cli;

import dev.headgate.config.shape.ReferenceDocs;
import dev.headgate.policy.Policies;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "docs",
    description = "Prints what may be written in the configuration, in Markdown.")
final class DocsCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(
      arity = "0..1",
      paramLabel = "KEY",
      description = "A top-level key, such as routes, and what is below it.")
  private @Nullable String key;

  DocsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    String page =
        key == null
            ? ReferenceDocs.markdown(Policies.KINDS)
            : ReferenceDocs.markdown(Policies.KINDS, key);
    if (page.isEmpty()) {
      terminal.err().println("headgate: there is no top-level key '" + key + "'");
      return ExitCode.USAGE;
    }
    terminal.out().print(page);
    return ExitCode.OK;
  }
}
