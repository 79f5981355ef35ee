package dev.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Secrets;
import dev.headgate.policy.Policies;
import dev.headgate.testkit.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every whole configuration in the documentation is one that Headgate takes. */
final class DocsExamplesTest {
  private static final Path ROOT = Path.of("..");

  @TempDir private static Path folder;

  /** The files that examples speak of. */
  @BeforeAll
  static void writeFiles() throws Exception {
    Path certs = Files.createDirectory(folder.resolve("certs"));
    Certificates authority = Certificates.authority();
    authority.server("api.example.com").writeTo(certs, "api");
    authority.writeTo(certs, "partners-ca");
    Path keys = Files.createDirectory(folder.resolve("keys"));
    Files.copy(certs.resolve("api.key"), keys.resolve("tokens.pem"));
    byte[] key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
    Files.writeString(
        keys.resolve("acme.pem"),
        "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(key)
            + "\n-----END PUBLIC KEY-----\n");
  }

  @TestFactory
  List<DynamicTest> everyWholeConfigurationInTheDocsIsAccepted() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      List<Path> pages =
          Stream.concat(Stream.of(ROOT.resolve("README.md")), docs)
              .filter(page -> page.toString().endsWith(".md"))
              .sorted()
              .toList();
      for (Path page : pages) {
        tests.addAll(examples(page));
      }
    }
    assertThat(tests).as("examples found").isNotEmpty();
    return tests;
  }

  private static List<DynamicTest> examples(Path page) throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    List<String> lines = Files.readAllLines(page);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals("```yaml")) {
        int end = i + 1;
        while (!lines.get(end).strip().equals("```")) {
          end++;
        }
        String text = String.join("\n", lines.subList(i + 1, end));
        if (isWhole(text)) {
          tests.add(
              DynamicTest.dynamicTest(ROOT.relativize(page) + ":" + (i + 2), () -> accepted(text)));
        }
        i = end;
      }
    }
    return tests;
  }

  /** Pieces that show one key only are not meant to be served. */
  private static boolean isWhole(String text) {
    return text.startsWith("listeners:") || text.contains("\nlisteners:");
  }

  private static void accepted(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("example.yaml"), text);
    Secrets secrets =
        Secrets.of(
            Map.of(
                "CLIENT_SECRET", "s",
                "SESSION_KEY", "k".repeat(32),
                "PARTNER_SECRET", "p".repeat(32),
                "REDIS_USER", "gate",
                "REDIS_PASSWORD", "s"));
    Checked checked = Checked.of(new ConfigReader(Policies.KINDS, secrets).read(file));
    assertThat(checked.problems().report()).isEmpty();
  }
}
