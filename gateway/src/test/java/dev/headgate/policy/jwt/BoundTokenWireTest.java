package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.jose.SigningKey;
import dev.headgate.testkit.Certificates;
import dev.headgate.testkit.Identity;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Client;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** Tokens that are bound to a client certificate (RFC 8705), over connections that show one. */
@OnEveryTransport
class BoundTokenWireTest {
  private static final SigningKey ISSUER = SigningKey.of("a", "ES256");

  private final Certificates ca = Certificates.authority();
  private final Identity owner = ca.client("owner");
  private final Identity thief = ca.client("thief");

  @Parameter private Gateways gateways;
  @TempDir private Path files;
  private ScriptedOrigin origin;
  private GatewayUnderTest gateway;
  private String token;

  @BeforeEach
  void start() throws Exception {
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
    Files.writeString(files.resolve("keys.json"), SigningKey.set(ISSUER));
    var own = Certificates.authority().server("localhost").writeTo(files, "gateway");
    gateway =
        gateways.start(
            """
            listeners:
              secure:
                address: "127.0.0.1:0"
                tls:
                  certificates: [{ chain: "%s", key: "%s" }]
                  clients: { mode: optional, ca: "%s" }
            upstreams: { o: { endpoints: ["%s"] } }
            policies:
              idp: { jwt: { issuer: "https://idp", audience: orders, jwks: %s/keys.json, bound: certificate } }
            routes: { r: { match: { path: /** }, auth: idp, to: o } }
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(own.chain(), own.key(), ca.writeTo(files, "ca"), origin.url(), files));
    String thumbprint =
        SigningKey.base64(
            MessageDigest.getInstance("SHA-256").digest(owner.certificate().getEncoded()));
    token = token(",\"cnf\":{\"x5t#S256\":\"%s\"}".formatted(thumbprint));
  }

  @AfterEach
  void stop() {
    gateway.close();
    origin.close();
  }

  private static String token(String more) {
    return ISSUER.token(
        "{\"iss\":\"https://idp\",\"aud\":\"orders\",\"sub\":\"ada\",\"exp\":4102444800%s}"
            .formatted(more));
  }

  private String ask(SSLContext context, String shown) throws Exception {
    try (var client = RawClient.connectTls(gateway.port(), context, "localhost")) {
      RawResponse answer =
          client
              .send(
                  "GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                      + shown
                      + "\r\n\r\n")
              .readResponse();
      assertThat(answer.status()).isIn(200, 401);
      return answer.text();
    }
  }

  @Test
  void onlyItsOwnerCanUseIt() throws Exception {
    for (int i = 0; i < 2; i++) { // verified, then remembered
      assertThat(ask(Certificates.trustingAnything(owner), token)).isEqualTo("in");
      assertThat(ask(Certificates.trustingAnything(thief), token)).contains("jwt.certificate");
      assertThat(ask(Certificates.trustingAnything(), token)).contains("jwt.certificate");
    }
    assertThat(origin.requests()).hasSize(2);
  }

  @Test
  void oneThatAnybodyCouldUseIsRefused() throws Exception {
    assertThat(ask(Certificates.trustingAnything(owner), token(""))).contains("jwt.binding");
    assertThat(origin.requests()).isEmpty();
  }

  @Test
  void everyStreamOfAConnectionHasItsCertificate() throws Exception {
    try (var client =
        Http2Client.connectTls(gateway.port(), Certificates.trustingAnything(owner), "localhost")) {
      for (int i = 0; i < 2; i++) {
        assertThat(client.get("/", "authorization: Bearer " + token).status()).isEqualTo(200);
      }
    }
  }
}
