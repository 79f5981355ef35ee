package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.headgate.GatewayUnderTest;
import dev.headgate.Gateways;
import dev.headgate.idp.IdentityProvider;
import dev.headgate.testkit.RawResponse;
import dev.headgate.testkit.ReceivedRequest;
import dev.headgate.testkit.ScriptedOrigin;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Browsers that log in at an identity provider that others have written. */
class OidcWireTest {
  private static final int LONG = 3600;

  @TempDir private Path folder;
  private IdentityProvider idp;
  private ScriptedOrigin origin;

  @BeforeEach
  void startOthers() throws Exception {
    idp = provider(Map.of(), LONG);
    origin = ScriptedOrigin.start(exchange -> exchange.respond(200, "in"));
    Files.writeString(folder.resolve("key"), "a key for sessions that nobody can guess");
    Files.writeString(folder.resolve("next"), "another key for sessions, which comes next");
    Files.writeString(folder.resolve("secret"), "se:cr et");
  }

  @AfterEach
  void stopOthers() {
    idp.close();
    origin.close();
  }

  private static IdentityProvider provider(Map<String, Object> claims, int seconds) {
    return IdentityProvider.start(
        new DefaultOAuth2TokenCallback("default", "ada", "JWT", List.of("api"), claims, seconds));
  }

  private void restartProvider(Map<String, Object> claims, int seconds) {
    idp.close();
    idp = provider(claims, seconds);
  }

  private GatewayUnderTest gateway(String more) {
    return gateway("key: \"${file:%s/key}\"".formatted(folder), more);
  }

  private GatewayUnderTest gateway(String key, String more) {
    return new Gateways("nio").start(yaml(key, more));
  }

  private String yaml(String key, String more) {
    return """
    listeners: { plain: { address: "127.0.0.1:0" } }
    upstreams: { o: { endpoints: ["%s"] } }
    policies:
      login:
        oidc:
          issuer: "%s"
          client: { id: shop, secret: "${file:%s/secret}" }
          scopes: [profile, offline_access]
          session: { %s }
          timeout: 20s
          identityHeaders: { X-User: subject, X-Name: claims.name, X-Consumer: consumer }%s
      keys: { apiKey: {} }
    consumers:
      acme:
        credentials:
          - apiKey: { sha256: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae }
          - oidc: { subject: ada }
    routes:
      shop: { match: { path: /** }, auth: [login, keys], to: o }
    telemetry: { accessLog: { to: "off" } }
    """
        .formatted(origin.url(), idp.issuer(), folder, key, more);
  }

  @Test
  void aBrowserLogsInAndComesBackToWhereItWantedToGo() throws Exception {
    restartProvider(Map.of("name", "Ada"), LONG);
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      RawResponse redirect = ada.open("/orders/7?a=b%20c");
      URI login = URI.create(Visitor.location(redirect));
      assertThat(login.toString()).startsWith(idp.issuer() + "/authorize?");
      assertThat(login.getQuery())
          .contains(
              "response_type=code",
              "client_id=shop",
              "scope=openid+profile+offline_access",
              "redirect_uri=http://shop.example.com/_login/callback",
              "code_challenge_method=S256");
      assertThat(redirect.header("cache-control")).isEqualTo("no-store");

      RawResponse back = ada.open(Visitor.atProvider(redirect));
      assertThat(back.status()).as(back.text()).isEqualTo(302);
      assertThat(Visitor.location(back)).isEqualTo("/orders/7?a=b%20c");
      assertThat(ada.cookies.keySet()).containsExactly("__Host-session");

      assertThat(ada.open("/orders/7").status()).isEqualTo(200);
      ada.cookies.put("own", "1");
      assertThat(ada.fetch("/orders/8").status()).isEqualTo(200);
      ReceivedRequest request = origin.requests().getLast();
      assertThat(request.header("x-user")).isEqualTo("ada");
      assertThat(request.header("x-name")).isEqualTo("Ada");
      assertThat(request.header("x-consumer")).isEqualTo("acme");
      assertThat(request.header("cookie")).isEqualTo("own=1");
      assertThat(request.header("authorization")).isNull();
    }
  }

  @Test
  void onlyWhoOpensAPageIsRedirected() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      RawResponse refused = ada.fetch("/orders");
      assertThat(refused.status()).isEqualTo(401);
      assertThat(refused.text()).contains("\"reason\":\"oidc.login_required\"");
      assertThat(refused.headers("www-authenticate")).contains("Cookie");
      assertThat(ada.cookies).isEmpty();
      String html = "Accept: text/html\r\n";
      assertThat(ada.send("POST", "/orders", html).status()).isEqualTo(401);
      assertThat(ada.send("GET", "/", html + "Sec-Fetch-Mode: cors\r\n").status()).isEqualTo(401);
      assertThat(ada.send("GET", "/", html + "Sec-Fetch-Dest: iframe\r\n").status()).isEqualTo(401);
      assertThat(ada.send("GET", "/", html + "Sec-Purpose: prefetch\r\n").status()).isEqualTo(401);
      assertThat(ada.send("GET", "/", html).status()).isEqualTo(302);
      assertThat(ada.send("GET", "/", html + "X-API-Key: foo\r\n").status()).isEqualTo(200);
    }
  }

  @Test
  void severalTabsLogInAtOnceButNotWithoutEnd() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      String one = Visitor.atProvider(ada.open("/one"));
      String two = Visitor.atProvider(ada.open("/two"));
      assertThat(Visitor.location(ada.open(two))).isEqualTo("/two");
      assertThat(Visitor.location(ada.open(one))).isEqualTo("/one");

      // Opened in the same moment, when the browser has no cookie to send.
      Visitor bob = new Visitor(gateway.port());
      String three = Visitor.atProvider(bob.open("/three"));
      Map<String, String> begun = Map.copyOf(bob.cookies);
      bob.cookies.clear();
      String four = Visitor.atProvider(bob.open("/four"));
      bob.cookies.putAll(begun);
      assertThat(Visitor.location(bob.open(four))).isEqualTo("/four");
      assertThat(Visitor.location(bob.open(three))).isEqualTo("/three");

      Visitor many = new Visitor(gateway.port());
      for (int i = 0; i < 20; i++) {
        many.open("/" + i);
      }
      assertThat(many.cookies).hasSizeLessThanOrEqualTo(4);
    }
  }

  @Test
  void aLoginCanBeFinishedOnceAndOnlyInTheBrowserThatBeganIt() throws Exception {
    try (var gateway = gateway("")) {
      Visitor attacker = new Visitor(gateway.port());
      String callback = Visitor.atProvider(attacker.open("/"));
      Visitor ada = new Visitor(gateway.port());
      RawResponse forced = ada.open(callback);
      assertThat(forced.status()).isEqualTo(400);
      assertThat(forced.text()).contains("oidc.login_unknown");
      assertThat(ada.cookies).isEmpty();

      // Not with another login of the same browser either.
      ada.open("/");
      assertThat(ada.open(callback).text()).contains("oidc.login_unknown");

      Map<String, String> before = Map.copyOf(attacker.cookies);
      assertThat(attacker.open(callback).status()).isEqualTo(302);
      assertThat(attacker.open(callback).text()).contains("oidc.login_unknown");
      attacker.cookies.putAll(before);
      assertThat(attacker.open(callback).text())
          .as("the provider takes a code once")
          .contains("oidc.");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/_login/callback",
        "/_login/callback?",
        "/_login/callback?code=a",
        "/_login/callback?state=a",
        "/_login/callback?code=a&state=",
        "/_login/callback?error=access_denied&state=%00"
      })
  void aCallbackThatNobodyBeganIsRefused(String callback) throws Exception {
    try (var gateway = gateway("")) {
      RawResponse refused = new Visitor(gateway.port()).open(callback);
      assertThat(refused.status()).isEqualTo(400);
      assertThat(refused.text()).contains("oidc.login_unknown");
    }
  }

  @Test
  void whatTheProviderAnswersInsteadOfACodeIsTold() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      RawResponse denied = ada.open("/_login/callback?error=access_denied&state=" + state(ada));
      assertThat(denied.status()).isEqualTo(403);
      assertThat(denied.text()).contains("oidc.denied");
      RawResponse broken = ada.open("/_login/callback?error=%3Cb%3E&state=" + state(ada));
      assertThat(broken.status()).isEqualTo(502);
      assertThat(broken.text()).contains("oidc.provider_error").doesNotContain("<b>");
      RawResponse mixedUp =
          ada.open("/_login/callback?code=a&iss=https%3A%2F%2Fevil&state=" + state(ada));
      assertThat(mixedUp.status()).isEqualTo(400);
      RawResponse nonsense = ada.open("/_login/callback?code=nonsense&state=" + state(ada));
      assertThat(nonsense.text()).contains("oidc.");
      assertThat(ada.cookies).as("each attempt is over").isEmpty();
    }
  }

  private static String state(Visitor visitor) throws Exception {
    String query = URI.create(Visitor.location(visitor.open("/"))).getRawQuery();
    return query.replaceAll(".*(?:^|&)state=([^&]*).*", "$1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example.com/",
        "/%2F/evil.example.com",
        "/a?b=%0d%0aSet-Cookie:x",
        "/\\evil"
      })
  void nobodyIsSentElsewhereAfterALogin(String target) throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      RawResponse redirect = ada.open(target);
      if (redirect.status() == 302) {
        RawResponse back = ada.open(Visitor.atProvider(redirect));
        assertThat(Visitor.location(back)).matches("/([^/\\\\].*)?");
      } else {
        assertThat(redirect.status()).isEqualTo(400);
      }
    }
  }

  @Test
  void aCookieThatWasNotSealedHereIsNoSession() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      ada.logIn("/");
      String session = Objects.requireNonNull(ada.cookies.get("__Host-session"));
      for (String other :
          List.of(
              "",
              "1",
              "9" + session.substring(1),
              "2" + session.substring(1),
              session.substring(0, session.length() - 4) + "AAAA",
              session.substring(0, 20),
              "1" + "A".repeat(3000))) {
        ada.cookies.put("__Host-session", other);
        RawResponse refused = ada.fetch("/");
        assertThat(refused.text()).as(other).contains("oidc.login_required");
        assertThat(ada.cookies).as("it is taken away").isEmpty();
      }
      ada.cookies.put("__Host-session", session);
      assertThat(ada.fetch("/").status()).isEqualTo(200);
      RawResponse twice = ada.send("GET", "/", "Cookie: __Host-session=" + session + "\r\n");
      assertThat(twice.status()).as("one of the two was set by somebody else").isEqualTo(401);
    }
  }

  @Test
  void aLoginIsNoSession() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      ada.open("/");
      ada.cookies.put("__Host-session", "1" + ada.cookies.values().iterator().next());
      assertThat(ada.fetch("/").status()).isEqualTo(401);
    }
  }

  @Test
  void aLongSessionIsKeptInSeveralCookiesAndOneThatIsTooLongIsRefused() throws Exception {
    restartProvider(Map.of("groups", "g".repeat(6000)), LONG);
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      ada.logIn("/");
      assertThat(ada.cookies.keySet())
          .contains("__Host-session", "__Host-session.1", "__Host-session.2");
      assertThat(ada.cookies.values()).allMatch(value -> value.length() <= 3800);
      assertThat(ada.fetch("/").status()).isEqualTo(200);
      assertThat(origin.requests().getLast().header("cookie")).isNull();
      ada.cookies.remove("__Host-session.1");
      assertThat(ada.fetch("/").status()).isEqualTo(401);
    }
    restartProvider(Map.of("groups", "g".repeat(11_000)), LONG);
    try (var gateway = gateway("\n      passAccessToken: true")) {
      RawResponse refused = new Visitor(gateway.port()).logIn("/");
      assertThat(refused.status()).isEqualTo(502);
      assertThat(refused.text()).contains("oidc.session_too_long");
    }
  }

  @Test
  void sessionsOutliveAChangeOfTheKeyAndOfTheConfiguration() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      ada.logIn("/");
      String next = "key: \"${file:%s/next}\"".formatted(folder);
      String previous = ", previousKeys: [\"${file:%s/key}\"]".formatted(folder);
      gateway.apply(yaml(next + previous, ""));
      assertThat(ada.fetch("/").status()).isEqualTo(200);
      gateway.apply(yaml(next, ""));
      assertThat(ada.fetch("/").status()).isEqualTo(401);
    }
  }

  @Test
  void whileTheProviderIsAwaySessionsGoOnAndNobodyLogsIn() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      ada.logIn("/");
      Visitor bob = new Visitor(gateway.port());
      String callback = Visitor.atProvider(bob.open("/"));
      idp.goAway();
      assertThat(ada.open("/").status()).isEqualTo(200);
      RawResponse refused = bob.open(callback);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text()).contains("oidc.provider_unavailable");

      idp.comeBack();
      await().untilAsserted(() -> assertThat(bob.logIn("/").status()).isEqualTo(302));
      assertThat(bob.open("/").status()).isEqualTo(200);
    }
  }

  @Test
  void whoWantsToLogInBeforeTheProviderIsThereIsToldSo() throws Exception {
    idp.goAway();
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      RawResponse refused = ada.open("/");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.text()).contains("oidc.provider_unavailable");
      assertThat(ada.fetch("/").status()).isEqualTo(401);
      idp.comeBack();
      await().untilAsserted(() -> assertThat(ada.open("/").status()).isEqualTo(302));
    }
  }

  @Test
  void sessionsAreRenewedOnceForAllRequestsAndTheUpstreamGetsTheNewToken() throws Exception {
    restartProvider(Map.of(), 2);
    try (var gateway = gateway("\n      passAccessToken: true");
        var threads = Executors.newFixedThreadPool(6)) {
      Visitor ada = new Visitor(gateway.port());
      ada.logIn("/");
      String before = ada.cookies.get("__Host-session");
      assertThat(ada.fetch("/").status()).isEqualTo(200);
      String token = origin.requests().getLast().header("authorization");
      assertThat(token).startsWith("Bearer ey");

      await()
          .untilAsserted(() -> {
            assertThat(ada.fetch("/").status()).isEqualTo(200);
            assertThat(ada.cookies.get("__Host-session")).isNotEqualTo(before);
          });
      assertThat(origin.requests().getLast().header("authorization"))
          .startsWith("Bearer ey")
          .isNotEqualTo(token);
      assertThat(origin.requests().getLast().header("x-user")).isEqualTo("ada");

      // With the cookie of before: what was renewed serves these too, on whatever loop they come.
      List<Future<Integer>> late = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        late.add(
            threads.submit(() -> {
              Visitor tab = new Visitor(gateway.port());
              tab.cookies.put("__Host-session", before);
              return tab.fetch("/").status();
            }));
      }
      for (Future<Integer> status : late) {
        assertThat(status.get()).isEqualTo(200);
      }
    }
  }

  @Test
  void aLogoutEndsTheSessionHereAndAtTheProvider() throws Exception {
    try (var gateway = gateway("\n      afterLogout: /bye")) {
      Visitor ada = new Visitor(gateway.port());
      ada.logIn("/");
      Map<String, String> stolen = Map.copyOf(ada.cookies);
      RawResponse answer = ada.send("POST", "/_login/logout", "Sec-Fetch-Site: same-origin\r\n");
      assertThat(answer.status()).isEqualTo(303);
      URI provider = URI.create(Visitor.location(answer));
      assertThat(provider.toString()).startsWith(idp.issuer() + "/endsession?id_token_hint=ey");
      assertThat(provider.getQuery())
          .contains("client_id=shop", "post_logout_redirect_uri=http://shop.example.com/bye");
      assertThat(ada.cookies).isEmpty();
      assertThat(ada.fetch("/").status()).isEqualTo(401);

      ada.cookies.putAll(stolen);
      assertThat(ada.fetch("/").status()).as("a copy is worth nothing").isEqualTo(401);
      assertThat(Visitor.location(ada.send("GET", "/_login/logout", "Sec-Fetch-Site: none\r\n")))
          .isEqualTo("/bye");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Sec-Fetch-Site: cross-site\r\n",
        "Sec-Fetch-Site: same-site\r\n",
        "Origin: http://evil.example.com\r\n",
        "Origin: null\r\n",
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site\r\n"
      })
  void nobodyElseCanLogSomebodyOut(String fields) throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      ada.logIn("/");
      for (String method : List.of("GET", "POST")) {
        RawResponse refused = ada.send(method, "/_login/logout", fields);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text()).contains("oidc.logout_cross_site");
      }
      assertThat(ada.fetch("/").status()).isEqualTo(200);
    }
  }

  @Test
  void aLoginMakesANewSessionWhateverThereWasBefore() throws Exception {
    try (var gateway = gateway("")) {
      Visitor ada = new Visitor(gateway.port());
      ada.cookies.put("__Host-session", "1planted");
      ada.cookies.put("__Host-session.3", "planted");
      ada.logIn("/");
      assertThat(ada.cookies.keySet()).containsExactly("__Host-session");
      assertThat(ada.cookies.get("__Host-session")).isNotEqualTo("1planted");
      assertThat(ada.fetch("/").status()).isEqualTo(200);
    }
  }
}
