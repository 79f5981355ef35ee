package dev.headgate.policy.gatewaytoken;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.jose.CompactJws;
import dev.headgate.jose.JwkReader;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.SigningKey;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GatewayTokenWireTest {
  private static final SigningKey ED = SigningKey.of("", "EdDSA");
  private static final SigningKey EC = SigningKey.of("", "ES256");

  @TempDir private Path folder;
  private ScriptedOrigin origin;

  @BeforeEach
  void prepare() throws Exception {
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
    Files.writeString(
        folder.resolve("ed.pem"), SigningKey.pem("PRIVATE KEY", ED.pair().getPrivate()));
    Files.writeString(
        folder.resolve("ec.pem"), SigningKey.pem("PRIVATE KEY", EC.pair().getPrivate()));
    Files.writeString(
        folder.resolve("ec.pub"), SigningKey.pem("PUBLIC KEY", EC.pair().getPublic()));
  }

  @AfterEach
  void stop() {
    origin.close();
  }

  private GatewayUnderTest gateway(String policy) {
    return new Gateways("nio").start(yaml(policy));
  }

  private String yaml(String policy) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      keys: { apiKey: {} }
    consumers:
      acme:
        groups: [partners]
        credentials:
          - apiKey: { id: a, sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
          - apiKey: { id: b, sha256: fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9 }
    routes:
      orders:
        match: { path: /orders/** }
        auth: keys
        policies: [{ gatewayToken: { issuer: "https://gw", %s } }]
        to: o
      open: { match: { path: /open }, auth: public, to: o }
      greeted: { match: { path: /greeted }, auth: public, policies: [{ gatewayToken: { issuer: gw, %s } }], to: o }
      reported:
        match: { path: /reported }
        auth: public
        policies: [{ gatewayToken: { issuer: gw, %s }, mode: report }]
        to: o
      published:
        match: { path: /keys }
        auth: public
        policies: [{ publishKeys: { keys: ["%s/ed.pem", "%s/ec.pub"] } }]
        respond: {}
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), policy, policy, policy, folder, folder);
  }

  private String file(String name) {
    return "\"" + folder.resolve(name) + "\"";
  }

  private static RawResponse get(RawClient client, String path, String fields) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    return client.readResponse();
  }

  private String lastToken() {
    return Objects.requireNonNull(origin.requests().getLast().header("x-gateway-token"));
  }

  @Test
  void theUpstreamCanVerifyWhoIsCallingWithThePublishedKeys() throws Exception {
    try (var gateway = gateway("audience: orders, key: " + file("ed.pem"));
        RawClient client = gateway.connect()) {
      get(client, "/orders/7", "X-API-Key: foo\r\n");
      RawResponse published = get(client, "/keys", "");
      assertThat(published.header("content-type")).isEqualTo("application/jwk-set+json");
      assertThat(published.header("cache-control")).isEqualTo("public, max-age=300");
      assertThat(published.text()).doesNotContain("\"d\"");

      byte[] token = lastToken().getBytes(StandardCharsets.US_ASCII);
      CompactJws jws = CompactJws.parse(token, 0, token.length);
      KeySet keys = JwkReader.read(published.text().getBytes(StandardCharsets.UTF_8));
      assertThat(keys.size()).isEqualTo(2);
      assertThat(keys.refused()).isEmpty();
      var candidates = keys.candidates(JwsAlgorithm.EDDSA, jws.keyId());
      assertThat(candidates).singleElement().matches(key -> key.verifies(JwsAlgorithm.EDDSA, jws));

      JWTClaimsSet claims = SignedJWT.parse(lastToken()).getJWTClaimsSet();
      assertThat(claims.getIssuer()).isEqualTo("https://gw");
      assertThat(claims.getAudience()).containsExactly("orders");
      assertThat(claims.getSubject()).isEqualTo("a");
      assertThat(claims.getStringClaim("consumer")).isEqualTo("acme");
      assertThat(claims.getStringClaim("policy")).isEqualTo("keys");
      assertThat(claims.getStringListClaim("groups")).containsExactly("partners");
      assertThat(claims.getExpirationTime().toInstant())
          .isEqualTo(claims.getIssueTime().toInstant().plusSeconds(60))
          .isAfter(Instant.now());
    }
  }

  @Test
  void es256AndSecretsSignToo() throws Exception {
    try (var gateway = gateway("key: " + file("ec.pem"));
        RawClient client = gateway.connect()) {
      get(client, "/orders/7", "X-API-Key: foo\r\n");
      SignedJWT token = SignedJWT.parse(lastToken());
      JWK key =
          JWKSet.parse(get(client, "/keys", "").text()).getKeyByKeyId(token.getHeader().getKeyID());
      assertThat(token.verify(new ECDSAVerifier(key.toECKey()))).isTrue();
      assertThat(token.getJWTClaimsSet().getAudience()).containsExactly("orders");

      String secret = folder.resolve("secret").toString();
      Files.writeString(Path.of(secret), "s".repeat(40));
      gateway.apply(yaml("secret: \"${file:" + secret + "}\""));
      get(client, "/orders/7", "X-API-Key: foo\r\n");
      assertThat(SignedJWT.parse(lastToken()).verify(new MACVerifier("s".repeat(40)))).isTrue();
    }
  }

  @Test
  void oneTokenServesACallerAndNeverAnother() throws Exception {
    try (var gateway = gateway("key: " + file("ed.pem"));
        RawClient client = gateway.connect()) {
      for (String key : List.of("foo", "bar", "foo", "bar")) {
        assertThat(get(client, "/orders/7", "X-API-Key: " + key + "\r\n").status()).isEqualTo(200);
      }
      List<String> tokens =
          origin.requests().stream()
              .map(request -> Objects.requireNonNull(request.header("x-gateway-token")))
              .toList();
      assertThat(tokens.get(2)).isEqualTo(tokens.get(0));
      assertThat(tokens.get(3)).isEqualTo(tokens.get(1));
      assertThat(SignedJWT.parse(tokens.get(0)).getJWTClaimsSet().getSubject()).isEqualTo("a");
      assertThat(SignedJWT.parse(tokens.get(1)).getJWTClaimsSet().getSubject()).isEqualTo("b");
    }
  }

  @Test
  void noCallerCanSendTheFieldOnAnyRoute() throws Exception {
    try (var gateway = gateway("key: " + file("ed.pem"));
        RawClient client = gateway.connect()) {
      get(client, "/open", "X-Gateway-Token: forged\r\nx-gateway-TOKEN: twice\r\n");
      assertThat(origin.requests().getLast().header("x-gateway-token")).isNull();
      get(client, "/reported", "X-Gateway-Token: forged\r\n");
      assertThat(origin.requests().getLast().header("x-gateway-token")).isNull();
      get(client, "/orders/7", "X-API-Key: foo\r\nX-Gateway-Token: forged\r\n");
      assertThat(origin.requests().getLast().headers("x-gateway-token"))
          .singleElement()
          .isNotEqualTo("forged");
    }
  }

  @Test
  void aCallerThatNobodyVouchedForHasNoSubject() throws Exception {
    try (var gateway = gateway("key: " + file("ed.pem"));
        RawClient client = gateway.connect()) {
      get(client, "/greeted", "");
      JWTClaimsSet claims = SignedJWT.parse(lastToken()).getJWTClaimsSet();
      assertThat(claims.getClaims().keySet()).containsExactlyInAnyOrder("iss", "aud", "iat", "exp");
      assertThat(claims.getAudience()).containsExactly("greeted");
    }
  }
}
