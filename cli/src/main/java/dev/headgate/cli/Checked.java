package dev.headgate.cli;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import java.nio.file.Path;

/** Reads a configuration and tries whether it could be served. */
final class Checked {
  private Checked() {}

  static Reading read(ConfigReader reader, Path file) {
    return reader.read(file);
  }
}
