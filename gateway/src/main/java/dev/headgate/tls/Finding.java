package dev.headgate.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Something wrong, or soon to be wrong, with a certificate, a key or a context made of them.
 *
 * @param severity whether it stops the material from being used
 * @param reason stable word for logs and metrics, as in {@code tls.certificate_expired}
 * @param file the file it is about, null when no single file is to blame
 * @param text what is wrong and what to do, for a person; never part of a key
 */
public record Finding(Severity severity, String reason, @Nullable Path file, String text) {
  /** Whether a finding stops the material from being used. */
  public enum Severity {
    ERROR,
    WARNING
  }

  static Finding error(String reason, @Nullable Path file, String text) {
    return new Finding(Severity.ERROR, reason, file, text);
  }

  static Finding warning(String reason, @Nullable Path file, String text) {
    return new Finding(Severity.WARNING, reason, file, text);
  }

  public boolean isError() {
    return severity == Severity.ERROR;
  }

  @Override
  public String toString() {
    return (file == null ? "" : file + ": ") + text + " (" + reason + ")";
  }
}
