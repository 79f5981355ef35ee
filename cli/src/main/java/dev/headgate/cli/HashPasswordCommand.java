package dev.headgate.cli;

import dev.headgate.secret.SlowHash;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(
    name = "hash-password",
    description = {
      "Prints the hash of a password, for 'basic' under a consumer's credentials.",
      "The password is asked for twice and not shown; or, if standard input is no terminal, its first"
          + " line is the password. Argon2id with 19 MiB and two passes."
    },
    footer = {
      "",
      "Example:",
      "  headgate hash-password",
      "  consumers: { acme: { credentials: [{ basic: { user: ada, hash: \"$argon2id$…\" } }] } }"
    })
final class HashPasswordCommand implements Callable<Integer> {
  private static final int LONGEST = 512;

  private final Terminal terminal;
  private final InputStream in;

  HashPasswordCommand(Terminal terminal, InputStream in) {
    this.terminal = terminal;
    this.in = in;
  }

  @Override
  public Integer call() throws IOException {
    byte[] password = password();
    if (password.length == 0 || password.length > LONGEST) {
      throw new IOException("a password has 1 to " + LONGEST + " bytes");
    }
    for (byte b : password) {
      if ((b >= 0 && b < ' ') || b == 0x7f) {
        throw new IOException("a password with a control character cannot be sent");
      }
    }
    terminal.out().println(SlowHash.of(password, new SecureRandom()).text());
    return ExitCode.OK;
  }

  private byte[] password() throws IOException {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      return firstLine();
    }
    char[] once = console.readPassword("Password: ");
    char[] again = console.readPassword("Once more: ");
    if (once == null || !Arrays.equals(once, again)) {
      throw new IOException("the two are not the same");
    }
    return new String(once).getBytes(StandardCharsets.UTF_8);
  }

  private byte[] firstLine() throws IOException {
    byte[] read = in.readNBytes(LONGEST + 2);
    int end = 0;
    while (end < read.length && read[end] != '\n') {
      end++;
    }
    return Arrays.copyOf(read, end > 0 && read[end - 1] == '\r' ? end - 1 : end);
  }
}
