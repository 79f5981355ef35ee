package dev.headgate.cli;

import dev.headgate.config.shape.JsonSchema;
import dev.headgate.policy.Policies;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "schema", description = "Prints the JSON Schema of the configuration, for editors.")
final class SchemaCommand implements Callable<Integer> {
  private final Terminal terminal;

  SchemaCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().print(JsonSchema.json(Policies.KINDS));
    return ExitCode.OK;
  }
}
