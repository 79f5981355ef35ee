package dev.headgate.config.read;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the values of references in a configuration come from. */
public interface Secrets {
  /** The largest file that a reference may name, in bytes. */
  int LARGEST = 64 << 10;

  /** The value of {@code ${env:NAME}}, or null if there is none. */
  @Nullable String env(String name);

  /**
   * The value of {@code ${file:PATH}}: the whole file, without one line break at its end.
   *
   * @throws IOException if it cannot be read, is not UTF-8 or is larger than {@link #LARGEST}
   */
  String file(Path path) throws IOException;

  /** Secrets from these environment variables and from the file system. */
  static Secrets of(Map<String, String> environment) {
    return new Secrets() {
      @Override
      public @Nullable String env(String name) {
        return environment.get(name);
      }

      @Override
      public String file(Path path) throws IOException {
        byte[] bytes;
        try (var in = Files.newInputStream(path)) {
          bytes = in.readNBytes(LARGEST + 1);
        }
        if (bytes.length > LARGEST) {
          throw new IOException("larger than " + LARGEST + " bytes");
        }
        String text =
            StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(bytes)).toString();
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
      }
    };
  }
}
