package dev.headgate.tls;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.config.Listener.Protocol;
import dev.headgate.config.ServerTls;
import dev.headgate.config.ServerTls.Clients;
import dev.headgate.config.ServerTls.KeyPair;
import dev.headgate.config.ServerTls.Mode;
import dev.headgate.config.ServerTls.TlsVersion;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Identity;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real handshakes with the JDK's TLS as the client. */
class ListenerTlsTest {
  private static final Clients NO_CLIENTS = new Clients(Mode.NONE, null);

  private final Certificates ca = Certificates.authority();
  private final Instant start = Instant.now();
  private final TicketKeys tickets = new TicketKeys(start);
  private final List<List<Finding>> reports = new ArrayList<>();
  @TempDir Path directory;

  private ListenerTls open(Clients clients, String... names) {
    return open(clients, TlsVersion.TLS_1_2, List.of(Protocol.HTTP1, Protocol.HTTP2), names);
  }

  private ListenerTls open(
      Clients clients, TlsVersion oldest, List<Protocol> protocols, String... names) {
    List<KeyPair> pairs = new ArrayList<>();
    for (String name : names) {
      pairs.add(new KeyPair(name + ".pem", name + ".key"));
    }
    ListenerTls.Opened opened =
        ListenerTls.open(
            new ServerTlsSettings(
                "public", new ServerTls(pairs, oldest, clients), protocols, Duration.ofSeconds(10)),
            new CertificateFiles(directory, Instant.now()),
            tickets,
            reports::add);
    assertThat(opened.findings()).isEmpty();
    return requireNonNull(opened.tls());
  }

  private Identity write(String name, String... hosts) throws IOException {
    Identity identity = ca.server(hosts);
    identity.writeTo(directory, name);
    return identity;
  }

  private static X509Certificate shown(SSLSocket socket) throws IOException {
    return (X509Certificate) socket.getSession().getPeerCertificates()[0];
  }

  @Test
  void usesBoringSslHere() {
    assertThat(OpenSsl.isAvailable()).isTrue();
  }

  @Test
  void choosesTheCertificateByName() throws Exception {
    Identity first = write("first", "first.example.com");
    Identity second = write("second", "second.example.com", "*.wild.example.com");
    ListenerTls tls = open(NO_CLIENTS, "first", "second");
    try (TlsServer server = new TlsServer(() -> tls)) {
      @Nullable String[] names = {
        "first.example.com",
        "second.example.com",
        "a.wild.example.com",
        "a.b.wild.example.com",
        "wild.example.com",
        "unknown.example.com",
        null
      };
      Identity[] expected = {first, second, second, first, first, first, first};
      for (int i = 0; i < names.length; i++) {
        try (SSLSocket socket = server.connect(ca.trustingContext(), names[i])) {
          TlsServer.echo(socket);
          assertThat(shown(socket)).as("for %s", names[i]).isEqualTo(expected[i].certificate());
          assertThat(server.nextHandshake().facts().serverName()).isEqualTo(names[i]);
        }
      }
    }
  }

  @Test
  void tellsWhatTheHandshakeAgreedOn() throws Exception {
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "api");
    try (TlsServer server = new TlsServer(() -> tls);
        SSLSocket socket = server.connect(ca.trustingContext(), "API.example.com")) {
      TlsServer.echo(socket);
      TlsFacts facts = server.nextHandshake().facts();
      assertThat(facts.version()).isEqualTo("TLSv1.3");
      assertThat(facts.cipher()).startsWith("TLS_AES_");
      assertThat(facts.protocol()).isEqualTo("h2");
      assertThat(facts.serverName()).isEqualTo("api.example.com");
      assertThat(facts.client()).isNull();
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
    }
  }

  @Test
  void offersOnlyTheListenersProtocols() throws Exception {
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, TlsVersion.TLS_1_2, List.of(Protocol.HTTP1), "api");
    try (TlsServer server = new TlsServer(() -> tls);
        SSLSocket socket = server.connect(ca.trustingContext(), null)) {
      assertThat(socket.getApplicationProtocol()).isEqualTo("http/1.1");
    }
  }

  @Test
  void refusesAVersionBelowTheOldest() throws Exception {
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, TlsVersion.TLS_1_3, List.of(Protocol.HTTP1), "api");
    try (TlsServer server = new TlsServer(() -> tls)) {
      assertThatThrownBy(() -> server.connect(ca.trustingContext(), null, "TLSv1.2"))
          .isInstanceOf(SSLException.class);
      assertThat(server.nextHandshake()).isInstanceOf(TlsServer.Failed.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void servesRsaAndEcKeys(String version) throws Exception {
    ca.withRsaKeys().server("rsa.example.com").writeTo(directory, "rsa");
    write("ec", "ec.example.com");
    ListenerTls tls = open(NO_CLIENTS, "rsa", "ec");
    try (TlsServer server = new TlsServer(() -> tls)) {
      for (String name : List.of("rsa", "ec")) {
        try (SSLSocket socket =
            server.connect(ca.trustingContext(), name + ".example.com", version)) {
          TlsServer.echo(socket);
          assertThat(socket.getSession().getProtocol()).isEqualTo(version);
          assertThat(shown(socket).getSubjectX500Principal().getName())
              .isEqualTo("CN=" + name + ".example.com");
        }
      }
    }
  }

  @Test
  void servesAnEd25519Key() throws Exception {
    var bundle =
        new io.netty.pkitesting.CertificateBuilder()
            .subject("CN=ed")
            .algorithm(io.netty.pkitesting.CertificateBuilder.Algorithm.ed25519)
            .setIsCertificateAuthority(true)
            .notAfter(Instant.now().plus(Duration.ofDays(365)))
            .buildSelfSigned();
    Files.writeString(directory.resolve("ed.pem"), bundle.getCertificatePathPEM());
    Files.writeString(directory.resolve("ed.key"), bundle.getPrivateKeyPEM());
    ListenerTls tls = open(NO_CLIENTS, "ed");
    try (TlsServer server = new TlsServer(() -> tls);
        SSLSocket socket = server.connect(Certificates.trustingAnything(), null)) {
      TlsServer.echo(socket);
      assertThat(shown(socket).getPublicKey().getAlgorithm()).isEqualTo("EdDSA");
    }
  }

  @Test
  void asksForNoCertificateUnlessTold() throws Exception {
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "api");
    try (TlsServer server = new TlsServer(() -> tls);
        SSLSocket socket = server.connect(ca.trustingContext(ca.client("partner")), null)) {
      TlsServer.echo(socket);
      assertThat(server.nextHandshake().facts().client()).isNull();
      assertThat(socket.getSession().getLocalCertificates()).isNull();
    }
  }

  @Test
  void takesNoCertificateWhereOneIsOptional() throws Exception {
    write("api", "api.example.com");
    ca.writeTo(directory, "ca");
    ListenerTls tls = open(new Clients(Mode.OPTIONAL, "ca.pem"), "api");
    try (TlsServer server = new TlsServer(() -> tls)) {
      try (SSLSocket socket = server.connect(ca.trustingContext(), null)) {
        TlsServer.echo(socket);
        assertThat(server.nextHandshake().facts().client()).isNull();
      }
      try (SSLSocket socket = server.connect(ca.trustingContext(ca.client("partner-7")), null)) {
        TlsServer.echo(socket);
        assertThat(clientOf(server.nextHandshake())).isEqualTo("CN=partner-7");
      }
    }
  }

  @Test
  void refusesAStrangersCertificateThoughOneIsOptional() throws Exception {
    write("api", "api.example.com");
    Certificates.authority().writeTo(directory, "ca");
    ListenerTls tls = open(new Clients(Mode.OPTIONAL, "ca.pem"), "api");
    try (TlsServer server = new TlsServer(() -> tls)) {
      // The JDK's client shows what it has, whoever the server says it trusts, when keys fit.
      assertRefusedOrAnonymous(server, ca.trustingContext(ca.client("stranger")));
    }
  }

  /** A client that heeds the list of authorities shows nothing; one that does not is refused. */
  private static void assertRefusedOrAnonymous(TlsServer server, SSLContext context)
      throws Exception {
    try (SSLSocket socket = server.connect(context, null)) {
      TlsServer.echo(socket);
    } catch (IOException e) {
      assertThat(server.nextHandshake()).isInstanceOf(TlsServer.Failed.class);
      return;
    }
    assertThat(server.nextHandshake().facts().client()).isNull();
  }

  @Test
  void refusesWithoutACertificateWhereOneIsRequired() throws Exception {
    write("api", "api.example.com");
    ca.writeTo(directory, "ca");
    ListenerTls tls = open(new Clients(Mode.REQUIRED, "ca.pem"), "api");
    try (TlsServer server = new TlsServer(() -> tls)) {
      assertThatThrownBy(
              () -> {
                try (SSLSocket socket = server.connect(ca.trustingContext(), null)) {
                  TlsServer.echo(socket);
                }
              })
          .isInstanceOf(IOException.class);
      assertThat(server.nextHandshake()).isInstanceOf(TlsServer.Failed.class);
      try (SSLSocket socket = server.connect(ca.trustingContext(ca.client("partner")), null)) {
        TlsServer.echo(socket);
        assertThat(clientOf(server.nextHandshake())).isEqualTo("CN=partner");
      }
    }
  }

  /**
   * Whether a second connection takes up the session of the first.
   *
   * @param between what happens to the listener in the meantime
   */
  private static boolean resumes(
      TlsServer server, SSLContext context, String version, Runnable between) throws Exception {
    long created = connectOnce(server, context, version);
    between.run();
    // Creation times have milliseconds: a new session must not fall into the old one's.
    while (System.currentTimeMillis() <= created) {
      Thread.onSpinWait();
    }
    return connectOnce(server, context, version) == created;
  }

  /** When the connection's session was created, which is earlier if it was resumed. */
  private static long connectOnce(TlsServer server, SSLContext context, String version)
      throws Exception {
    try (SSLSocket socket = server.connect(context, "api.example.com", version)) {
      TlsServer.echo(socket);
      assertThat(server.nextHandshake().facts().version()).isEqualTo(version);
      return socket.getSession().getCreationTime();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesASession(String version) throws Exception {
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "api");
    try (TlsServer server = new TlsServer(() -> tls)) {
      assertThat(resumes(server, ca.trustingContext(), version, () -> {})).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesASessionAfterTheCertificateWasRenewed(String version) throws Exception {
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "api");
    try (TlsServer server = new TlsServer(() -> tls)) {
      assertThat(
              resumes(server, ca.trustingContext(), version, () -> renew(tls, "api.example.com")))
          .isTrue();
      assertThat(reports).containsExactly(List.of());
    }
  }

  private void renew(ListenerTls tls, String host) {
    try {
      write("api", host);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    tls.reload(Instant.now());
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void opensTicketsWithTheLastKeyButNotWithTheOneBefore(String version) throws Exception {
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "api");
    Instant hourLater = start.plus(TicketKeys.ROTATION);
    Instant twoHoursLater = hourLater.plus(TicketKeys.ROTATION);
    try (TlsServer server = new TlsServer(() -> tls)) {
      SSLContext context = ca.trustingContext();
      assertThat(resumes(server, context, version, () -> tls.tick(hourLater))).isTrue();
      SSLContext other = ca.trustingContext();
      Runnable rotateTwice =
          () -> {
            tls.tick(twoHoursLater);
            tls.tick(twoHoursLater.plus(TicketKeys.ROTATION));
          };
      assertThat(resumes(server, other, version, rotateTwice)).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesNoSessionOfAnotherCertificatesNames(String version) throws Exception {
    write("api", "api.example.com");
    write("other", "other.example.com");
    AtomicReference<ListenerTls> tls = new AtomicReference<>(open(NO_CLIENTS, "api"));
    ListenerTls other = open(NO_CLIENTS, "other");
    try (TlsServer server = new TlsServer(tls::get)) {
      assertThat(resumes(server, ca.trustingContext(), version, () -> tls.set(other))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void resumesNoSessionWhereOtherClientsAreTrusted(String version) throws Exception {
    write("api", "api.example.com");
    ca.writeTo(directory, "ca");
    Certificates otherCa = Certificates.authority();
    otherCa.writeTo(directory, "other-ca");
    AtomicReference<ListenerTls> tls =
        new AtomicReference<>(open(new Clients(Mode.OPTIONAL, "ca.pem"), "api"));
    ListenerTls other = open(new Clients(Mode.OPTIONAL, "other-ca.pem"), "api");
    SSLContext context = ca.trustingContext(ca.client("partner"));
    try (TlsServer server = new TlsServer(tls::get)) {
      assertThat(resumes(server, context, version, () -> {})).isTrue();
      assertThat(resumes(server, context, version, () -> tls.set(other))).isFalse();
    }
  }

  private static String clientOf(TlsServer.Ended handshake) {
    return requireNonNull(handshake.facts().client()).getSubjectX500Principal().getName();
  }

  @ParameterizedTest
  @CsvSource({"OPENSSL_REFCNT,TLSv1.2", "OPENSSL_REFCNT,TLSv1.3", "JDK,TLSv1.2", "JDK,TLSv1.3"})
  void stillKnowsTheClientOfAResumedSession(SslProvider provider, String version) throws Exception {
    write("api", "api.example.com");
    ca.writeTo(directory, "ca");
    ServerTlsContext tls = context(provider);
    SSLContext context = ca.trustingContext(ca.client("partner"));
    try (TlsServer server = new TlsServer((ByteBufAllocator all) -> tls.newHandler(all))) {
      long first = connectOnce(server, context, version);
      while (System.currentTimeMillis() <= first) {
        Thread.onSpinWait();
      }
      try (SSLSocket socket = server.connect(context, "api.example.com", version)) {
        TlsServer.echo(socket);
        assertThat(socket.getSession().getCreationTime()).as("it is resumed").isEqualTo(first);
        assertThat(clientOf(server.nextHandshake())).isEqualTo("CN=partner");
      }
    }
  }

  private ServerTlsContext context(SslProvider provider) throws Exception {
    ServerTlsSettings settings =
        new ServerTlsSettings(
            "public",
            new ServerTls(
                List.of(new KeyPair("api.pem", "api.key")),
                TlsVersion.TLS_1_2,
                new Clients(Mode.REQUIRED, "ca.pem")),
            List.of(Protocol.HTTP1),
            Duration.ofSeconds(10));
    ServerTlsMaterial material =
        requireNonNull(
            ServerTlsMaterial.read(settings.tls(), new CertificateFiles(directory, start)));
    return ServerTlsContext.create(settings, material, tickets.keys(), provider);
  }

  @Test
  void renewsACertificateUnderAnOpenConnection() throws Exception {
    Identity old = write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "api");
    try (TlsServer server = new TlsServer(() -> tls);
        SSLSocket open = server.connect(ca.trustingContext(), null)) {
      TlsServer.echo(open);
      Identity renewed = write("api", "api.example.com");
      tls.reload(Instant.now());
      try (SSLSocket next = server.connect(ca.trustingContext(), null)) {
        TlsServer.echo(next);
        assertThat(shown(next)).isEqualTo(renewed.certificate());
      }
      TlsServer.echo(open);
      assertThat(shown(open)).isEqualTo(old.certificate());
      assertThat(tls.expiries())
          .singleElement()
          .satisfies(expiry ->
              assertThat(expiry.notAfter())
                  .isEqualTo(renewed.certificate().getNotAfter().toInstant()));
    }
  }

  @Test
  void keepsTheCertificateWhoseNewFileIsBadAndRenewsTheOthers() throws Exception {
    Identity kept = write("kept", "kept.example.com");
    write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "kept", "api");
    ca.expired("kept.example.com").writeTo(directory, "kept");
    Identity renewed = write("api", "api.example.com");
    tls.reload(Instant.now());
    assertThat(reports).hasSize(1);
    assertThat(reports.getFirst())
        .extracting(Finding::reason)
        .containsExactly("tls.certificate_expired");
    try (TlsServer server = new TlsServer(() -> tls)) {
      try (SSLSocket socket = server.connect(ca.trustingContext(), "kept.example.com")) {
        assertThat(shown(socket)).isEqualTo(kept.certificate());
      }
      try (SSLSocket socket = server.connect(ca.trustingContext(), "api.example.com")) {
        assertThat(shown(socket)).isEqualTo(renewed.certificate());
      }
    }
  }

  @Test
  void keepsTheCertificateWhoseFileHasGone() throws Exception {
    Identity identity = write("api", "api.example.com");
    ListenerTls tls = open(NO_CLIENTS, "api");
    Files.delete(directory.resolve("api.key"));
    tls.reload(Instant.now());
    assertThat(reports.getFirst()).extracting(Finding::reason).containsExactly("tls.file_missing");
    try (TlsServer server = new TlsServer(() -> tls);
        SSLSocket socket = server.connect(ca.trustingContext(), null)) {
      assertThat(shown(socket)).isEqualTo(identity.certificate());
    }
  }
}
