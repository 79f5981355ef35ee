package dev.headgate.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * Which Headgate this is, as the build wrote it down.
 *
 * @param version such as {@code 0.1.0}
 */
record Build(String version) {
  static Build current() {
    Properties written = new Properties();
    try (InputStream in = Build.class.getResourceAsStream("build.properties")) {
      written.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Build(written.getProperty("version", "unknown"));
  }

  /** The Java and the system it runs on. */
  static String platform() {
    return "Java %s (%s), %s %s"
        .formatted(
            Runtime.version(),
            System.getProperty("java.vendor"),
            System.getProperty("os.name"),
            System.getProperty("os.arch"));
  }
}
