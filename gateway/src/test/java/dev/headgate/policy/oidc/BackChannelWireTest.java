package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.OnEveryTransport;
import dev.headgate.idp.IdentityProvider;
import dev.headgate.jose.SigningKey;
import dev.headgate.testkit.RawClient;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ScriptedOrigin;
import dev.headgate.testkit.http2.Http2Response;
import dev.headgate.testkit.http2.Http2Stream;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;

/** A provider that says without any browser that sessions have ended, and others who say so. */
@OnEveryTransport
class BackChannelWireTest {
  private static final String PATH = "/_login/ended";
  private static final String FORM = "Content-Type: application/x-www-form-urlencoded\r\n";

  @Parameter private Gateways gateways;
  @TempDir private Path folder;
  private IdentityProvider idp;
  private ScriptedOrigin origin;
  private GatewayUnderTest gateway;

  @BeforeEach
  void start() throws Exception {
    Path key =
        Files.writeString(folder.resolve("key"), "a key that nobody can guess, for sessions");
    idp =
        IdentityProvider.start(
            new DefaultOAuth2TokenCallback(
                "default", "ada", "JWT", List.of("api"), Map.of("sid", "s1"), 3600));
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
    gateway =
        gateways.start(
            """
            listeners: { plain: { address: "127.0.0.1:0", limits: { bodyTimeout: 500ms } } }
            upstreams: { o: { endpoints: ["%s"] } }
            policies:
              login:
                oidc:
                  issuer: "%s"
                  client: { id: shop, secret: "${file:%s}" }
                  session: { key: "${file:%s}" }
                  backChannelLogout: %s
              keys: { apiKey: {} }
            consumers:
              acme:
                credentials:
                  - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
            routes:
              shop: { match: { path: /** }, auth: [login, keys], to: o, bodyLimit: 1MiB }
            telemetry: { accessLog: { to: "off" } }
            """
                .formatted(origin.url(), idp.issuer(), key, key, PATH));
  }

  @AfterEach
  void stop() {
    gateway.close();
    idp.close();
    origin.close();
  }

  private String claims(String about) {
    long now = Instant.now().getEpochSecond();
    return "{\"iss\":\"%s\",\"aud\":\"shop\",\"iat\":%d,\"exp\":%d,\"jti\":\"%s\",\"events\":{\"%s\":{}},%s}"
        .formatted(idp.issuer(), now, now + 120, UUID.randomUUID(), LogoutTokensTest.EVENT, about);
  }

  private String token(String claims) throws Exception {
    JWSObject token =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(idp.key().getKeyID()).build(),
            new Payload(claims));
    token.sign(new RSASSASigner(idp.key()));
    return token.serialize();
  }

  private String form(String about) throws Exception {
    return "logout_token=" + token(claims(about));
  }

  private static String head(String method, String fields) {
    return method + " " + PATH + " HTTP/1.1\r\nHost: shop.example.com\r\n" + fields + "\r\n";
  }

  private RawResponse post(String form) throws Exception {
    return send("POST", FORM, form);
  }

  private RawResponse send(String method, String fields, String body) throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(head(method, fields + "Content-Length: " + body.length() + "\r\n") + body);
      return client.readResponse();
    }
  }

  private static void assertRefused(RawResponse answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(400);
    assertThat(answer.text()).isEqualTo("{\"error\":\"invalid_request\"}");
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
  }

  @Test
  void aLogoutEndsTheSessionsThatItNamesAndNoOther() throws Exception {
    Visitor ada = new Visitor(gateway.port());
    ada.logIn("/");
    assertThat(post(form("\"sid\":\"s2\"")).status()).isEqualTo(200);
    assertThat(post(form("\"sub\":\"bob\"")).status()).isEqualTo(200);
    assertThat(post(form("\"sub\":\"ada\",\"sid\":\"s2\"")).status()).isEqualTo(200);
    assertThat(ada.fetch("/").status()).isEqualTo(200);

    RawResponse answer = post(form("\"sub\":\"ada\",\"sid\":\"s1\""));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text()).isEmpty();
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(ada.fetch("/").text()).contains("oidc.login_required");
    assertThat(ada.cookies).as("its cookie is taken away").isEmpty();

    ada.logIn("/");
    assertThat(ada.fetch("/").status()).as("who logs in again is in").isEqualTo(200);
    assertThat(post(form("\"sub\":\"ada\"")).status()).isEqualTo(200);
    assertThat(ada.fetch("/").status()).isEqualTo(401);
    assertThat(origin.requests()).noneMatch(request -> request.path().equals(PATH));
  }

  @Test
  void aTokenIsTakenOnce() throws Exception {
    String form = form("\"sub\":\"ada\"");
    assertThat(post(form).status()).isEqualTo(200);
    assertRefused(post(form));
  }

  @Test
  void whatIsNoLogoutIsRefusedAndEndsNothing() throws Exception {
    Visitor ada = new Visitor(gateway.port());
    ada.logIn("/");
    String right = "\"sub\":\"ada\"";
    assertRefused(post(""));
    assertRefused(post("logout_token="));
    assertRefused(post("logout_token=a.b.c"));
    assertRefused(post(form(right) + "&" + form(right)));
    assertRefused(post("logout_token=" + "a".repeat(20_000)));
    assertRefused(post("token=" + token(claims(right))));
    assertRefused(post("logout_token=" + token(claims(right).replace("events", "event"))));
    assertRefused(post(form(right + ",\"nonce\":\"n\"")));
    assertRefused(send("POST", "", form(right)));
    assertRefused(send("POST", "Content-Type: application/json\r\n", form(right)));
    assertRefused(send("POST", FORM + FORM, form(right)));
    assertRefused(send("PUT", FORM, form(right)));
    assertRefused(send("GET", FORM, form(right)));
    assertRefused(send("GET", "", ""));
    assertRefused(send("POST", "X-API-Key: foo\r\n" + FORM, "logout_token=a.b.c"));
    assertThat(ada.fetch("/").status()).isEqualTo(200);
    assertThat(origin.requests()).as("nothing of it gets through").hasSize(1);
  }

  @Test
  void moreThanAFormMayHaveIsNotTakenIn() throws Exception {
    String half = "a".repeat(20_000);
    RawResponse announced = post("logout_token=" + half + half);
    assertThat(announced.status()).isEqualTo(413);
    try (RawClient client = gateway.connect()) {
      client.send(head("POST", FORM + "Expect: 100-continue\r\nContent-Length: 40000\r\n"));
      RawResponse answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.informational()).isEmpty();
    }
    try (RawClient client = gateway.connect()) {
      client.send(head("POST", FORM + "Transfer-Encoding: chunked\r\n"));
      client.send("4e20\r\n" + half + "\r\n");
      client.send("4e20\r\n" + half + "\r\n");
      assertThat(client.readResponse().text()).contains("\"reason\":\"body.too_large\"");
      client.expectClosed();
    }
    try (var client = gateway.connectHttp2()) {
      String type = "content-type: application/x-www-form-urlencoded";
      assertThat(client.post(PATH, half + half, type).status()).isEqualTo(413);
    }
  }

  @Test
  void aFormMayComeInPiecesAndTheConnectionGoesOn() throws Exception {
    try (RawClient client = gateway.connect()) {
      String form = form("\"sub\":\"ada\"");
      client.send(head("POST", FORM + "Transfer-Encoding: chunked\r\n"));
      int half = form.length() / 2;
      for (String piece : new String[] {form.substring(0, half), form.substring(half)}) {
        client.send(Integer.toHexString(piece.length()) + "\r\n" + piece + "\r\n");
      }
      client.send("0\r\n\r\n");
      assertThat(client.readResponse().status()).isEqualTo(200);

      form = form("\"sub\":\"ada\"");
      String length = "Content-Length: " + form.length() + "\r\n";
      client.send(head("POST", FORM + length + "Expect: 100-continue\r\n"));
      assertThat(client.readHead().status()).isEqualTo(100);
      client.send(form);
      assertThat(client.readResponse().status()).isEqualTo(200);

      // With the next request sent ahead.
      form = form("\"sub\":\"ada\"");
      client.send(head("POST", FORM + length) + form + head("GET", "Content-Length: 0\r\n"));
      assertThat(client.readResponse().status()).isEqualTo(200);
      assertRefused(client.readResponse());
    }
  }

  @Test
  void http2ProvidersAreHeardToo() throws Exception {
    Visitor ada = new Visitor(gateway.port());
    ada.logIn("/");
    String type = "content-type: application/x-www-form-urlencoded; charset=utf-8";
    try (var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", PATH, type, "expect: 100-continue");
      byte[] form = form("\"sid\":\"s1\"").getBytes(StandardCharsets.US_ASCII);
      stream.send(Arrays.copyOf(form, 100), false);
      stream.send(Arrays.copyOfRange(form, 100, form.length), true);
      Http2Response answer = stream.response();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.header("cache-control")).isEqualTo("no-store");
      assertThat(ada.fetch("/").status()).isEqualTo(401);
      assertThat(client.post(PATH, "logout_token=a", type).status()).isEqualTo(400);
      assertThat(client.get(PATH).status()).isEqualTo(400);
    }
  }

  @Test
  void whoDoesNotSendTheRestIsNotWaitedForAndWhoGoesAwayLeavesNothing() throws Exception {
    try (RawClient client = gateway.connect()) {
      client.send(head("POST", FORM + "Content-Length: 100\r\n") + "logout");
      RawResponse answer = client.readResponse();
      assertThat(answer.status()).isEqualTo(408);
      assertThat(answer.text()).contains("client.body_timeout");
    }
    try (RawClient client = gateway.connect()) {
      client.send(head("POST", FORM + "Content-Length: 100\r\nExpect: 100-continue\r\n"));
      assertThat(client.readHead().status()).isEqualTo(100);
      client.reset();
    }
    try (var client = gateway.connectHttp2()) {
      Http2Stream stream = client.open("POST", PATH);
      stream.send(new byte[10], false);
      stream.reset(Http2Error.CANCEL);
      assertThat(client.get(PATH).status()).isEqualTo(400);
    }
    for (String how : List.of("client.closed", "client.reset")) {
      gateway.awaitMetric(
          "headgate_failures_total{reason=\"%s\",stage=\"respond\"}".formatted(how), 1);
    }
  }

  @Test
  void whileTheKeysCannotBeHadNothingIsRefused() throws Exception {
    String form = form("\"sub\":\"ada\"");
    String other = "{\"alg\":\"RS256\",\"kid\":\"other\"}";
    String unknown = SigningKey.base64(other) + form.substring(form.indexOf('.'));
    assertThat(post(form("\"sub\":\"ada\"")).status()).isEqualTo(200);
    idp.goAway();
    RawResponse answer = post("logout_token=" + unknown);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.text()).contains("oidc.provider_unavailable");
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    assertThat(post(form).status()).as("the keys of before").isEqualTo(200);
  }
}
