package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.EncryptionMethod;
import com.nimbusds.jose.JWEAlgorithm;
import com.nimbusds.jose.JWEHeader;
import com.nimbusds.jose.JWEObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDHEncrypter;
import com.nimbusds.jose.crypto.RSAEncrypter;
import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.jose.SigningKey;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers whose tokens only the gateway can read. */
@OnEveryTransport
class EncryptedTokenWireTest {
  private static final SigningKey ISSUER = SigningKey.of("a", "ES256");
  private static final KeyPair OLD = SigningKey.rsa("", 2048).pair();
  private static final KeyPair NEW = SigningKey.of("", "ES256").pair();
  private static final String CLAIMS =
      "{\"iss\":\"https://idp\",\"aud\":\"orders\",\"sub\":\"ada\",\"exp\":4102444800}";

  private static final String BOTH =
      "\n      decryption: { keys: [FOLDER/new.pem, FOLDER/old.pem] }";

  @Parameter private Gateways gateways;
  @TempDir private Path folder;
  private ScriptedOrigin origin;

  @BeforeEach
  void start() throws Exception {
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
    Files.writeString(folder.resolve("keys.json"), SigningKey.set(ISSUER));
    write("old.pem", "PRIVATE KEY", OLD.getPrivate());
    write("new.pem", "PRIVATE KEY", NEW.getPrivate());
    write("public.pem", "PUBLIC KEY", NEW.getPublic());
    write("weak.pem", "PRIVATE KEY", SigningKey.rsa("", 1024).pair().getPrivate());
    write("sign.pem", "PRIVATE KEY", SigningKey.of("", "EdDSA").pair().getPrivate());
  }

  private void write(String name, String label, Key key) throws Exception {
    Files.writeString(folder.resolve(name), SigningKey.pem(label, key));
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  private String yaml(String decryption) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      idp:
        jwt:
          issuer: "https://idp"
          audience: orders
          jwks: %s/keys.json
          identityHeaders: { X-User: subject }%s
    routes: { r: { match: { path: /** }, auth: idp, to: o } }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), folder, decryption.replace("FOLDER", folder.toString()));
  }

  private static String encrypted(KeyPair pair, String inside) throws Exception {
    boolean rsa = pair.getPublic() instanceof RSAPublicKey;
    JWEHeader header =
        new JWEHeader.Builder(
                rsa ? JWEAlgorithm.RSA_OAEP_256 : JWEAlgorithm.ECDH_ES, EncryptionMethod.A256GCM)
            .contentType("JWT")
            .build();
    JWEObject token = new JWEObject(header, new Payload(inside));
    token.encrypt(
        rsa
            ? new RSAEncrypter((RSAPublicKey) pair.getPublic())
            : new ECDHEncrypter((ECPublicKey) pair.getPublic()));
    return token.serialize();
  }

  private static String ask(GatewayUnderTest gateway, String token) throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n");
      return client.readResponse().text();
    }
  }

  @Test
  void aSignedTokenInsideIsTakenLikeAnyOther() throws Exception {
    try (var gateway = gateways.start(yaml(BOTH))) {
      for (KeyPair pair : new KeyPair[] {OLD, NEW}) {
        String token = encrypted(pair, ISSUER.token(CLAIMS));
        for (int i = 0; i < 2; i++) {
          assertThat(ask(gateway, token)).isEqualTo("in");
          assertThat(origin.lastRequest().header("x-user")).isEqualTo("ada");
          assertThat(origin.lastRequest().header("authorization")).isNull();
        }
      }
      assertThat(ask(gateway, ISSUER.token(CLAIMS))).as("without an envelope").isEqualTo("in");
    }
  }

  @Test
  void oneThatAnybodyOnTheWayCouldReadMayBeRefused() throws Exception {
    try (var gateway = gateways.start(yaml(BOTH.replace("] }", "], required: true }")))) {
      assertThat(ask(gateway, encrypted(NEW, ISSUER.token(CLAIMS)))).isEqualTo("in");
      assertThat(ask(gateway, ISSUER.token(CLAIMS))).contains("jwt.encryption");
      assertThat(origin.requests()).hasSize(1);
    }
  }

  @Test
  void whatIsInsideMustHoldLikeAnyOther() throws Exception {
    SigningKey stranger = SigningKey.of("a", "ES256");
    try (var gateway = gateways.start(yaml(BOTH))) {
      assertThat(ask(gateway, encrypted(NEW, stranger.token(CLAIMS)))).contains("jwt.signature");
      String expired = CLAIMS.replace("4102444800", "1");
      assertThat(ask(gateway, encrypted(NEW, ISSUER.token(expired)))).contains("jwt.expired");
      String elsewhere = CLAIMS.replace("orders", "shop");
      assertThat(ask(gateway, encrypted(NEW, ISSUER.token(elsewhere)))).contains("jwt.audience");
      assertThat(ask(gateway, encrypted(NEW, CLAIMS))).contains("jwt.malformed");
      String twice = encrypted(NEW, encrypted(NEW, ISSUER.token(CLAIMS)));
      assertThat(ask(gateway, twice)).contains("jwt.malformed");
      assertThat(origin.requests()).isEmpty();
    }
  }

  @Test
  void whatCannotBeOpenedIsRefusedInOneWay() throws Exception {
    KeyPair other = SigningKey.rsa("", 2048).pair();
    String token = encrypted(NEW, ISSUER.token(CLAIMS));
    try (var gateway = gateways.start(yaml(BOTH))) {
      assertThat(ask(gateway, encrypted(other, ISSUER.token(CLAIMS)))).contains("jwt.encryption");
      assertThat(ask(gateway, token.substring(0, token.length() - 4) + "AAAA"))
          .contains("jwt.encryption");
      assertThat(ask(gateway, "a.b.c.d.e")).contains("jwt.encryption");
      assertThat(ask(gateway, "....")).contains("jwt.encryption");
    }
    try (var gateway = gateways.start(yaml(""))) {
      assertThat(ask(gateway, token)).contains("jwt.malformed");
    }
  }

  @Test
  void aKeyThatIsTakenAwayOpensNothingAnyMore() throws Exception {
    String token = encrypted(OLD, ISSUER.token(CLAIMS));
    try (var gateway = gateways.start(yaml(BOTH))) {
      assertThat(ask(gateway, token)).isEqualTo("in");
      assertThat(gateway.apply(yaml(BOTH.replace(", FOLDER/old.pem", ""))).report()).isEmpty();
      assertThat(ask(gateway, token)).contains("jwt.encryption");
      assertThat(ask(gateway, encrypted(NEW, ISSUER.token(CLAIMS)))).isEqualTo("in");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "keys: FOLDER/none.pem|the file cannot be read",
        "keys: FOLDER/public.pem|has no private key",
        "keys: FOLDER/weak.pem|fewer than 2048 bits",
        "keys: FOLDER/sign.pem|nothing can be encrypted for",
        "keys: [FOLDER/new.pem, FOLDER/weak.pem]|keys[1]",
        "keys: FOLDER/new.pem, algorithms: RSA-OAEP-256|none of 'algorithms' is for the key",
      })
  void aKeyThatCannotBeUsedIsReported(String decryption, String problem) throws Exception {
    try (var gateway = gateways.start(yaml(""))) {
      String more = "\n      decryption: { " + decryption + " }";
      assertThat(gateway.apply(yaml(more)).report())
          .contains("policies.idp.jwt.decryption.keys", problem);
    }
  }
}
