package dev.headgate.cli;

import dev.headgate.policy.apikey.NewKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "create",
    description = {
      "Makes an API key and prints it, once, with what the configuration needs of it.",
      "The key is random (190 bits). It begins with its id, so that whoever finds it can tell whose"
          + " it is, and ends with a checksum, so that scanners can tell it from other texts. The"
          + " configuration gets its hash: nothing is written anywhere."
    },
    footer = {
      "",
      "Examples:",
      "  headgate keys create acme",
      "  headgate keys create acme --expires 2027-12-01"
    })
final class KeysCreateCommand implements Callable<Integer> {
  private final Terminal terminal;
  private final Clock clock;

  @Parameters(index = "0", paramLabel = "CONSUMER", description = "Whom the key is for.")
  private String consumer;

  @Option(
      names = "--expires",
      paramLabel = "DATE",
      description =
          "From when on the key is taken no more: 2027-12-01 (in UTC) or 2027-12-01T12:00:00Z.")
  private @Nullable String expires;

  @Spec private CommandSpec spec;

  KeysCreateCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    Instant end = expires == null ? null : instant(expires);
    if (end != null && !end.isAfter(clock.instant())) {
      throw new ParameterException(spec.commandLine(), "the key would have expired already");
    }
    NewKey key = NewKey.make(new SecureRandom());
    terminal.out().println(key.text());
    terminal.out().println();
    terminal
        .out()
        .println(
            "# It is not shown again. In the configuration, under consumers." + consumer + ":");
    terminal.out().println("    credentials:");
    terminal
        .out()
        .println(
            "      - apiKey: { id: %s, sha256: %s%s }"
                .formatted(key.id(), key.sha256(), end == null ? "" : ", expires: " + end));
    return ExitCode.OK;
  }

  private Instant instant(String text) {
    try {
      return text.indexOf('T') < 0
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new ParameterException(
          spec.commandLine(), "'" + text + "' is no date, as in 2027-12-01", e);
    }
  }
}
