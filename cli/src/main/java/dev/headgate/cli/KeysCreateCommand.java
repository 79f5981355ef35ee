package dev.headgate.cli;

import dev.headgate.policy.apikey.KeyLine;
import dev.headgate.policy.apikey.KeysFile;
import dev.headgate.policy.apikey.NewKey;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
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
          + " configuration gets its hash. Nothing is written anywhere, but with '--write' to the file of"
          + " keys that a policy names in 'keysFile'."
    },
    footer = {
      "",
      "Examples:",
      "  headgate keys create acme",
      "  headgate keys create acme --expires 2027-12-01",
      "  headgate keys create acme --write keys.jsonl"
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

  @Option(
      names = "--write",
      paramLabel = "FILE",
      description = "Adds the key's hash to this keys file, which is made if it is not there.")
  private @Nullable Path file;

  @Option(
      names = "--group",
      paramLabel = "NAME",
      description =
          "With '--write': a group of a consumer that the configuration does not name. Several can be"
              + " given.")
  private List<String> groups = List.of();

  @Spec private CommandSpec spec;

  KeysCreateCommand(Terminal terminal, Clock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  @Override
  public Integer call() throws IOException {
    Instant end = expires == null ? null : instant(expires);
    if (end != null && !end.isAfter(clock.instant())) {
      throw new ParameterException(spec.commandLine(), "the key would have expired already");
    }
    if (file == null && !groups.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "'--group' goes with '--write'");
    }
    NewKey key = NewKey.make(new SecureRandom());
    if (file != null) {
      add(file, key, end);
    }
    terminal.out().println(key.text());
    if (file == null) {
      printCredential(key, end);
    } else {
      terminal.err().println("It is not shown again. Its hash is in " + file);
    }
    return ExitCode.OK;
  }

  /** Before the key is shown: what was shown is in the file. */
  private void add(Path to, NewKey key, @Nullable Instant end) throws IOException {
    try {
      new KeysFile(to).add(KeyLine.of(consumer, key.id(), key.sha256(), null, end, groups));
    } catch (KeyLine.Malformed e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private void printCredential(NewKey key, @Nullable Instant end) {
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
