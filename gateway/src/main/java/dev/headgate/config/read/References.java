package dev.headgate.config.read;

import dev.headgate.config.Shown;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the references in one file's texts, {@code ${env:NAME}} and {@code ${file:PATH}}, and
 * remembers them: where they stand, so that the effective configuration shows the reference, and
 * their values, so that no message ever does. {@code $${} stands for {@code ${} itself.
 */
final class References {
  /** One reference as it is written, and its value. */
  record Resolved(String reference, String value) {}

  /** Why a text cannot be resolved. */
  static final class Unresolved extends Exception {
    private static final long serialVersionUID = 1L;
    private final String hint;

    Unresolved(String message, String hint) {
      super(message, null, false, false);
      this.hint = hint;
    }

    String hint() {
      return hint;
    }

    String text() {
      return Objects.requireNonNull(getMessage());
    }
  }

  private final Secrets secrets;
  private final Path folder;
  private final List<Resolved> resolved = new ArrayList<>();
  private final Map<String, String> written = new LinkedHashMap<>();

  /**
   * @param folder what the path of a file is relative to
   */
  References(Secrets secrets, Path folder) {
    this.secrets = secrets;
    this.folder = folder;
  }

  /** Each reference met, with its value. */
  List<Resolved> resolved() {
    return resolved;
  }

  /** The texts with references as they were written, by path. */
  Map<String, String> written() {
    return written;
  }

  /** Whether every reference still has the value that it had. */
  boolean unchanged() {
    for (Resolved before : resolved) {
      try {
        String reference = before.reference;
        if (!value(reference.substring(2, reference.length() - 1)).equals(before.value)) {
          return false;
        }
      } catch (Unresolved e) {
        return false;
      }
    }
    return true;
  }

  /** Whether resolving this text would change it. */
  static boolean isIn(String text) {
    return text.contains("${");
  }

  /** The text with its references replaced by their values. */
  String resolve(String text, String path) throws Unresolved {
    StringBuilder out = new StringBuilder();
    boolean any = false;
    int at = 0;
    for (int start = text.indexOf("${"); start >= 0; start = text.indexOf("${", at)) {
      if (start > at && text.charAt(start - 1) == '$') {
        out.append(text, at, start - 1).append("${");
        at = start + 2;
        continue;
      }
      int end = text.indexOf('}', start);
      if (end < 0) {
        throw new Unresolved(
            "the reference has no end", "close it with '}', or write '$${' for the text itself");
      }
      String value = value(text.substring(start + 2, end));
      resolved.add(new Resolved(text.substring(start, end + 1), value));
      out.append(text, at, start).append(value);
      at = end + 1;
      any = true;
    }
    if (any) {
      written.put(path, text);
    }
    return out.append(text, at, text.length()).toString();
  }

  private String value(String reference) throws Unresolved {
    int colon = reference.indexOf(':');
    String kind = colon < 0 ? "" : reference.substring(0, colon);
    String name = reference.substring(colon + 1);
    return switch (kind) {
      case "env" -> {
        @Nullable String value = secrets.env(name);
        if (value == null) {
          throw new Unresolved(
              "the environment variable " + Shown.quoted(name) + " is not set",
              "set it before Headgate starts");
        }
        yield value;
      }
      case "file" -> file(name);
      default ->
          throw new Unresolved(
              "the reference " + Shown.quoted("${" + reference + "}") + " is of no known kind",
              "references are ${env:NAME} and ${file:PATH}; write '$${' for the text itself");
    };
  }

  private String file(String name) throws Unresolved {
    try {
      return secrets.file(folder.resolve(name));
    } catch (IOException | InvalidPathException e) {
      throw new Unresolved(
          "the file " + Shown.quoted(name) + " cannot be read",
          "relative paths start at the folder of the configuration");
    }
  }
}
