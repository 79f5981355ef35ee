package dev.headgate.policy.mtls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.http.Headers;
import dev.headgate.policy.Policies;
import dev.headgate.testkit.Certificates;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose a certificate is, and for how long. */
class MtlsTest {
  private static final String ASKING =
      "tls: { certificates: [{ chain: a.pem, key: a.key }], clients: { mode: optional, ca: ca.pem } }";
  private static final String HASH = "ab".repeat(32);

  private final Certificates ca = Certificates.authority();
  private final ManualLoop loop = new ManualLoop();

  private static Reading read(String listener, String policy, String consumers) {
    String yaml =
        """
        listeners: { secure: { address: "127.0.0.1:0", %s } }
        policies: { partners: { mtls: { %s } } }
        routes: { r: { match: { path: /** }, auth: partners, respond: { body: in } } }
        consumers: { %s }
        """
            .formatted(listener, policy, consumers);
    return new ConfigReader(Policies.KINDS, Secrets.of(Map.of())).read("headgate.yaml", yaml);
  }

  private static String report(String listener, String policy, String consumers) {
    return read(listener, policy, consumers).problems().report();
  }

  private static String has(String consumer, String mtls) {
    return "%s: { credentials: [{ mtls: { %s } }] }".formatted(consumer, mtls);
  }

  private static Owners owners(String consumers) {
    Config config = ((Reading.Accepted) read(ASKING, "", consumers)).config();
    return new Owners("partners", false, config.consumers());
  }

  private ClientCertificate certificate(String subject, String... names) {
    return ClientCertificate.of(ca.clientNamed(subject, names).certificate());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "subject: \"CN=acme,O=Partners\"|CN=Acme, O=Partners|DNS:a",
        "subject: \"cn = acme , o = PARTNERS\"|CN=Acme, O=Partners|DNS:a",
        "dns: Batch.Acme.Example|CN=x|DNS:batch.acme.example",
        "dns: \"*.acme.example\"|CN=x|DNS:*.acme.example",
        "uri: \"urn:acme:1\"|CN=x|URI:urn:acme:1",
        "spiffe: \"spiffe://e.org/a\"|CN=x|URI:spiffe://e.org/a",
        "email: Ada@Acme.Example|CN=x|EMAIL:Ada@acme.EXAMPLE",
        "ip: 192.0.2.7|CN=x|IP:192.0.2.7",
        "ip: \"2001:DB8::7\"|CN=x|IP:2001:db8::7",
      })
  void findsTheOwnerOfACertificate(String credential, String subject, String name) {
    String consumers = has("other", "dns: other.example") + ", " + has("acme", credential);
    assertThat(consumer(consumers, certificate(subject, name))).isEqualTo("acme");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "subject: \"CN=acme,O=Partners\"|O=Partners, CN=acme|DNS:a",
        "subject: \"CN=acme\"|CN=acme, O=Partners|DNS:a",
        "dns: acme.example|CN=acme.example|DNS:www.acme.example",
        "dns: acme.example|CN=x|URI:urn:acme.example",
        "dns: a.acme.example|CN=x|DNS:*.acme.example",
        "dns: \"*.acme.example\"|CN=x|DNS:a.acme.example",
        "uri: \"urn:acme:1\"|CN=x|URI:urn:ACME:1",
        "email: ada@acme.example|CN=x|EMAIL:Ada@acme.example",
        "spiffe: \"spiffe://e.org/a\"|CN=x|URI:spiffe://e.org/A",
      })
  void takesNoCertificateForAnothers(String credential, String subject, String name) {
    assertThat(owners(has("acme", credential)).identity(certificate(subject, name))).isNull();
  }

  @Test
  void whatSaysMostAboutACertificateGoesFirst() {
    ClientCertificate shown = certificate("CN=acme", "DNS:b.example", "DNS:a.example");
    String byName = has("a", "dns: a.example") + "," + has("b", "dns: b.example");
    String bySubject = has("s", "subject: CN=acme");
    String byHash = has("h", "fingerprint: \"" + shown.fingerprint() + "\"");

    assertThat(consumer(bySubject, shown)).isEqualTo("s");
    assertThat(consumer(bySubject + "," + byName, shown)).isEqualTo("b");
    assertThat(consumer(bySubject + "," + byName + "," + byHash, shown)).isEqualTo("h");
  }

  private static String consumer(String consumers, ClientCertificate shown) {
    return requireNonNull(identity(consumers, shown).consumer()).name();
  }

  private static Identity identity(String consumers, ClientCertificate shown) {
    return requireNonNull(owners(consumers).identity(shown));
  }

  @Test
  void claimsSayWhatTheCertificateSays() {
    ClientCertificate shown = certificate("CN=acme", "URI:spiffe://e.org/a", "DNS:a.example");
    Map<String, Object> claims = identity(has("acme", "dns: a.example"), shown).claims();

    assertThat(claims)
        .containsEntry("subject", "CN=acme")
        .containsEntry("issuer", shown.issuer())
        .containsEntry("serial", shown.serial())
        .containsEntry("spiffe", "spiffe://e.org/a")
        .containsEntry("fingerprint", shown.fingerprint())
        .containsEntry("notAfter", Instant.ofEpochMilli(shown.notAfter()).toString());
    assertThat(claims.get("sans"))
        .isEqualTo(
            Map.of(
                "dns", List.of("a.example"),
                "uri", List.of("spiffe://e.org/a"),
                "email", List.of(),
                "ip", List.of()));
  }

  @Test
  void aCertificateThatExpiresDuringItsConnectionIsTakenNoMore() {
    Instant end = Instant.ofEpochMilli(loop.wallMillis()).plus(Duration.ofMinutes(5));
    ClientCertificate shown =
        ClientCertificate.of(ca.clientNamed(end, "CN=acme", "DNS:a.example").certificate());
    MtlsPolicy policy =
        new MtlsPolicy(
            owners(has("acme", "dns: a.example")), new IdentityHeaders("partners", Map.of()), loop);

    Exchange before = request(shown);
    assertThat(policy.onRequest(before)).isInstanceOf(Decision.Continue.class);
    Exchange same = request(shown);
    policy.onRequest(same);
    assertThat(same.identity()).as("made once for a connection").isSameAs(before.identity());

    loop.advance(Duration.ofMinutes(6));
    assertThat(policy.onRequest(request(shown)))
        .isInstanceOfSatisfying(
            Decision.Fail.class,
            fail -> assertThat(fail.failure().reason()).isEqualTo("mtls.expired"));
    assertThat(policy.onRequest(request(null))).isInstanceOf(Decision.Continue.class);
  }

  private Exchange request(@Nullable ClientCertificate certificate) {
    return new Exchange(
        new ClientInfo(
            "secure",
            InetAddress.getLoopbackAddress(),
            "127.0.0.1",
            40_000,
            true,
            "TLSv1.3",
            certificate),
        "HTTP/1.1",
        new Exchange.Head("GET", "a", "a", "/", false),
        new Headers(),
        new Headers(),
        loop.nanos());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "dns: \"a b\"|'a b' is none",
        "dns: \"\"|'' is none",
        "dns: \"m\u00fcller.example\"|ASCII letters",
        "uri: acme|as in 'urn:acme:batch'",
        "uri: \"spiffe://e.org/a\"|with 'spiffe' its form is checked",
        "spiffe: \"spiffe://E.org/a\"|as in 'spiffe://",
        "email: ada|as in 'batch@acme.example'",
        "ip: 1.2.3.4.5|as in '192.0.2.7'",
        "ip: acme.example|as in '192.0.2.7'",
        "subject: acme|as in 'CN=acme",
        "subject: \"\"|as in 'CN=acme",
        "subject: \"/C=DE/O=Acme/CN=a\"|as in 'CN=acme",
        "subject: \"C=DE, O=Acme, CN=a\"|is it the wrong way round",
        "fingerprint: abcd|64 hexadecimal digits",
        "dns: a.example, ip: 192.0.2.7|exactly one of",
      })
  void saysWhatIsWrongWithACredential(String credential, String problem) {
    assertThat(report(ASKING, "", has("acme", credential))).contains(problem);
  }

  @Test
  void saysWhatKeepsEverybodyOut() {
    String acme = has("acme", "dns: a.example");
    assertThat(report(ASKING, "", acme)).isEmpty();
    assertThat(report(ASKING, "allowUnknown: true", "")).isEmpty();
    assertThat(report("proxyProtocol: false", "", acme))
        .contains("no listener asks for client certificates: nobody can call");
    assertThat(report(ASKING, "", "")).contains("no consumer has a certificate: nobody can call");
    assertThat(report(ASKING, "", acme + ", " + has("other", "dns: A.example")))
        .contains("is also one of acme", "the same dns");
    assertThat(
            report(
                ASKING,
                "",
                has("acme", "fingerprint: \"" + HASH + "\"")
                    + ", "
                    + has("other", "fingerprint: \"" + "AB:".repeat(31) + "AB\"")))
        .contains("is also one of acme");
    assertThat(report(ASKING, "identityHeaders: { X-A: name }", acme)).contains("claims.NAME");
  }
}
