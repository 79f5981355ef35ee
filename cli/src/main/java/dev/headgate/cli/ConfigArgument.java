package dev.headgate.cli;

import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The configuration that a command works on. */
final class ConfigArgument {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "headgate.yaml",
      description =
          "The configuration: a file, or a directory whose .yaml files are merged"
              + " (${DEFAULT-VALUE}).")
  private Path file;

  Path file() {
    return file;
  }
}
