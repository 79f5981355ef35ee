package dev.headgate.cli;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "grant",
    description = {
      "Lets a consumer use more than its plan allows, until the end of the period that is now."
          + " Gateways know of it within about a second."
    },
    footer = {
      "",
      "Example:",
      "  headgate quota grant acme 5000 --why 'launch day, agreed with sales'"
    })
final class QuotaGrantCommand implements Callable<Integer> {
  private static final long MOST = 1_000_000_000_000_000L;

  private final Terminal terminal;
  private final Map<String, String> environment;
  private final Clock clock;

  @Mixin private final QuotaChange change = new QuotaChange();

  @Parameters(index = "1", paramLabel = "REQUESTS", description = "How many more.")
  private long requests;

  @Spec private CommandSpec spec;

  QuotaGrantCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
    this.terminal = terminal;
    this.environment = environment;
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    if (requests < 1 || requests > MOST) {
      throw new ParameterException(spec.commandLine(), "the number is from 1 to " + MOST);
    }
    return change.change(
        terminal,
        environment,
        clock,
        (book, quota, reason) -> book.grant(quota.key(), requests, reason));
  }
}
