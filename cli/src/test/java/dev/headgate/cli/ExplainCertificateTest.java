package dev.headgate.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.testkit.Certificates;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code explain} says to a client that has a certificate. */
final class ExplainCertificateTest {
  private final Certificates ca = Certificates.authority();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  @TempDir private Path folder;

  @BeforeEach
  void write() throws IOException {
    ca.server("localhost").writeTo(folder, "api");
    ca.writeTo(folder, "ca");
    Files.writeString(
        folder.resolve("headgate.yaml"),
        """
        listeners:
          plain: { address: "127.0.0.1:0" }
          asking:
            address: "127.0.0.1:0"
            tls: { certificates: { chain: api.pem, key: api.key }, clients: { mode: optional, ca: ca.pem } }
          wanting:
            address: "127.0.0.1:0"
            tls: { certificates: { chain: api.pem, key: api.key }, clients: { mode: required, ca: ca.pem } }
        policies: { partners: { mtls: {} } }
        consumers: { acme: { credentials: [{ mtls: { dns: acme.example } }] } }
        routes: { r: { match: { path: /** }, auth: partners, respond: { body: in } } }
        """);
  }

  private int explain(String listener, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "explain",
                folder.resolve("headgate.yaml").toString(),
                "GET",
                "https://localhost/",
                "--listener",
                listener));
    words.addAll(List.of(more));
    out.getBuffer().setLength(0);
    Terminal terminal = new Terminal(new PrintWriter(out), new PrintWriter(err), false);
    int code = Headgate.execute(terminal, Map.of(), words.toArray(String[]::new));
    terminal.out().flush();
    terminal.err().flush();
    return code;
  }

  private String file(Certificates authority, String name) throws IOException {
    return authority
        .clientNamed("CN=" + name, "DNS:" + name)
        .writeTo(folder, name)
        .chain()
        .toString();
  }

  @Test
  void theConsumerOfTheCertificateGetsIn() throws IOException {
    assertThat(explain("asking", "--client-cert", file(ca, "acme.example"))).isZero();
    assertThat(out.toString())
        .containsPattern("accept        from .*\\n +a certificate of CN=acme.example holds")
        .contains("partners vouches for CN=acme.example, acme");
    assertThat(explain("wanting", "--client-cert", file(ca.intermediate(), "acme.example")))
        .isZero();
  }

  @Test
  void anotherOneDoesNot() throws IOException {
    assertThat(explain("asking", "--client-cert", file(ca, "other"))).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("refused: 401 mtls.unknown");
    assertThat(explain("asking")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("refused: 401 mtls.missing");
  }

  @Test
  void aCertificateThatDoesNotHoldEndsTheHandshake() throws IOException {
    String forged = file(Certificates.authority(), "acme.example");
    assertThat(explain("asking", "--client-cert", forged)).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString())
        .contains("the certificate does not hold: ")
        .contains("closed: tls.client_certificate");
    assertThat(explain("wanting")).isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("--client-cert", "closed: tls.client_certificate");
  }

  @Test
  void aListenerThatAsksForNoneSeesNone() throws IOException {
    assertThat(explain("plain", "--client-cert", file(ca, "acme.example")))
        .isEqualTo(ExitCode.PROBLEMS);
    assertThat(out.toString()).contains("asks for no certificate", "mtls.missing");
  }

  @Test
  void aFileWithoutACertificateIsWrongUsage() {
    assertThat(explain("asking", "--client-cert", folder.resolve("api.key").toString()))
        .isEqualTo(ExitCode.USAGE);
    assertThat(err.toString()).contains("has no certificate");
  }
}
