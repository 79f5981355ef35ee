package dev.headgate.config.check;

import dev.headgate.config.Problems;

/** The rules of a text that names a file. Whether the file is there is not asked. */
final class Files {
  private Files() {}

  static void check(String at, String path, Problems problems) {
    if (path.isBlank()) {
      problems.error(at, "the name of a file is empty");
    } else if (path.indexOf('\0') >= 0) {
      problems.error(at, "a NUL cannot be in the name of a file");
    } else if (path.startsWith("-----BEGIN")) {
      problems.error(at, "expected the name of a PEM file, not its content");
    }
  }
}
