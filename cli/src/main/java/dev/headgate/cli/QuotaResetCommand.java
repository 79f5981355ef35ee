package dev.headgate.cli;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "reset",
    description = {
      "Has a consumer's quota begin anew in the period that is now. The usage that is to be paid for"
          + " stays as it is. Gateways know of it within about a second."
    },
    footer = {"", "Example:", "  headgate quota reset acme --why 'their retries were our fault'"})
final class QuotaResetCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Map<String, String> environment;
  private final Clock clock;

  @Mixin private final QuotaChange change = new QuotaChange();

  QuotaResetCommand(Terminal terminal, Map<String, String> environment, Clock clock) {
    this.terminal = terminal;
    this.environment = environment;
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException, SQLException {
    return change.change(
        terminal, environment, clock, (book, quota, reason) -> book.reset(quota.key(), reason));
  }
}
