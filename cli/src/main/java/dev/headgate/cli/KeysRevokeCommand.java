package dev.headgate.cli;

import dev.headgate.policy.apikey.KeyLine;
import dev.headgate.policy.apikey.KeysFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "revoke",
    description = {
      "Takes an API key out of a keys file. The gateways that read the file take the key no more within"
          + " about a second.",
      "A key that stands in the configuration is revoked by taking it out there."
    },
    footer = {"", "Example:", "  headgate keys revoke hg_5Qz0mRkA --file keys.jsonl"})
final class KeysRevokeCommand implements Callable<Integer> {
  private final Terminal terminal;

  @Parameters(index = "0", paramLabel = "KEY", description = "What the key is called.")
  private String id;

  @Option(
      names = "--file",
      paramLabel = "FILE",
      required = true,
      description = "The keys file, as 'keysFile' of the policy names it.")
  private Path file;

  @Option(
      names = "--consumer",
      paramLabel = "NAME",
      description = "Whose key it is, if several have one of that name.")
  private @Nullable String consumer;

  KeysRevokeCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (!Files.exists(file)) {
      throw new IOException("there is no file " + file);
    }
    KeysFile keys = new KeysFile(file);
    Predicate<KeyLine> wanted =
        key -> key.id().equals(id) && (consumer == null || key.consumer().equals(consumer));
    int count = keys.count(wanted);
    if (count != 1) {
      terminal
          .err()
          .println(
              count == 0
                  ? "no key in " + file + " is called " + id
                  : count + " keys are called " + id + "; '--consumer' says whose is meant");
      return ExitCode.PROBLEMS;
    }
    keys.remove(wanted);
    terminal.out().println("revoked: " + id);
    return ExitCode.OK;
  }
}
