package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.ClientInfo;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.http.Query;
import dev.headgate.jose.FetchedKeys;
import dev.headgate.jose.KeySource;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.SigningKey;
import dev.headgate.jose.TokenOwners;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How long sessions last, and what becomes of them when the provider is asked again. */
class OidcTest {
  private static final String METADATA =
      """
      {"issuer":"https://idp","jwks_uri":"https://idp/k","token_endpoint":"https://idp/token",
       "authorization_endpoint":"https://idp/authorize"}\
      """;
  private static final ClientInfo CLIENT =
      new ClientInfo("l", InetAddress.getLoopbackAddress(), "127.0.0.1", 1, true, null, null);
  private static SigningKey key;

  private final ManualLoop loop = new ManualLoop();
  private final Map<String, String> cookies = new TreeMap<>();
  private final List<String> forms = new ArrayList<>();
  private String subject = "ada";
  private String nonce = "";
  private Callouts.@Nullable Answer tokenAnswer;
  private final OidcPolicy policy = policy();

  @BeforeAll
  static void makeKey() {
    key = SigningKey.of("a", "ES256");
  }

  private OidcPolicy policy() {
    loop.callouts((callout, listener) ->
        loop.offload()
            .run(
                () -> answer(callout),
                (answer, _) -> listener.answered(Objects.requireNonNull(answer))));
    Oidc config = IdTokensTest.config();
    LoopKeys keys =
        LoopKeys.of(
            loop,
            new FetchedKeys(KeySource.Discovery.of("https://idp", config.keys().tls())),
            config.keys().refresh(),
            config.keys().maxAge());
    OidcPolicy.Prepared prepared =
        new OidcPolicy.Prepared(
            config,
            OidcPolicy.SealingKeys.of(List.of("k".repeat(32)), "o"),
            new TokenOwners("login", "oidc", Map.of()),
            new IdentityHeaders("login", Map.of()),
            new Renewals(),
            new EndedSessions(),
            new SeenOnce());
    return new OidcPolicy(
        prepared, new Provider("login", config, config.keys().tls(), keys, loop), loop);
  }

  private Callouts.Answer answer(Callouts.Callout callout) {
    String url = callout.url().toString();
    if (url.endsWith("/token")) {
      forms.add(new String(callout.body(), StandardCharsets.UTF_8));
      return tokenAnswer != null ? tokenAnswer : answered(200, tokens());
    }
    return answered(200, url.endsWith("/k") ? SigningKey.set(key) : METADATA);
  }

  private static Callouts.Answer answered(int status, String body) {
    return new Callouts.Answer.Answered(
        status, new Headers(), body.getBytes(StandardCharsets.UTF_8));
  }

  private String tokens() {
    long now = loop.wallMillis() / 1000;
    String token =
        key.token(
            "{\"iss\":\"https://idp\",\"aud\":\"shop\",\"sub\":\"%s\",\"iat\":%d,\"exp\":%d,\"nonce\":\"%s\"}"
                .formatted(subject, now, now + 300, nonce));
    return "{\"token_type\":\"Bearer\",\"expires_in\":600,\"access_token\":\"t\",\"refresh_token\":\"r%d\",\"id_token\":\"%s\"}"
        .formatted(forms.size(), token);
  }

  /** A request, begun. */
  private final class Asking {
    private final Exchange exchange;
    private Decision decided;

    Asking(String target) {
      Headers headers = new Headers();
      headers.add("Accept", "text/html");
      cookies.forEach((name, value) -> headers.add("Cookie", name + "=" + value));
      exchange =
          new Exchange(
              CLIENT,
              "HTTP/1.1",
              new Exchange.Head("GET", "shop", "shop", target, false),
              headers,
              new Headers(),
              loop.nanos());
      int question = target.indexOf('?');
      exchange.path(
          question < 0 ? target : target.substring(0, question),
          question < 0 ? null : target.substring(question + 1));
      decided = policy.onRequest(exchange);
      if (decided instanceof Decision.Await await) {
        await.then(later -> decided = later);
      }
    }

    Asking settled() {
      loop.runTasks();
      if (decided instanceof Decision.Continue && exchange.identity() == null) {
        Decision invitation = policy.invitation(exchange);
        decided = invitation == null ? decided : invitation;
      }
      policy.onResponse(exchange);
      for (String cookie : exchange.responseHeaders().all(HeaderName.of("set-cookie"))) {
        int equals = cookie.indexOf('=');
        if (cookie.endsWith("=0")) {
          cookies.remove(cookie.substring(0, equals));
        } else {
          cookies.put(
              cookie.substring(0, equals), cookie.substring(equals + 1, cookie.indexOf(';')));
        }
      }
      return this;
    }

    String outcome() {
      return switch (decided) {
        case Decision.Continue _ -> Objects.requireNonNull(exchange.identity()).subject();
        case Decision.Respond _ ->
            Objects.requireNonNull(exchange.responseHeaders().get(HeaderName.LOCATION));
        case Decision.Fail fail -> fail.failure().reason();
        default -> "waiting";
      };
    }
  }

  private String ask(String target) {
    return new Asking(target).settled().outcome();
  }

  private String beginLogin() {
    String query = URI.create(ask("/")).getRawQuery();
    nonce = Objects.requireNonNull(Query.first(query, "nonce"));
    return "/_login/callback?code=c&state=" + Query.first(query, "state");
  }

  private void logIn() {
    assertThat(ask(beginLogin())).isEqualTo("/");
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(forms).hasSize(1);
    assertThat(forms.getFirst()).contains("grant_type=authorization_code", "code_verifier=");
    nonce = "";
  }

  @Test
  void aSessionThatIsUsedLastsItsMaxAge() {
    logIn();
    for (int minutes = 0; minutes < 7 * 60 + 50; minutes += 10) {
      assertThat(ask("/")).as("minute " + minutes).isEqualTo("ada");
      loop.advance(Duration.ofMinutes(10));
    }
    loop.advance(Duration.ofMinutes(11));
    assertThat(ask("/")).startsWith("https://idp/authorize?");
    assertThat(cookies).doesNotContainKey("__Host-session");
  }

  @Test
  void aSessionThatIsNotUsedEndsSooner() {
    logIn();
    tokenAnswer = new Callouts.Answer.Failed("away");
    loop.advance(Duration.ofMinutes(50));
    assertThat(ask("/")).isEqualTo("ada");
    loop.advance(Duration.ofMinutes(50));
    assertThat(ask("/")).as("the cookie says when it was used").isEqualTo("ada");
    loop.advance(Duration.ofMinutes(61));
    assertThat(ask("/")).startsWith("https://idp/authorize?");
  }

  @Test
  void aSessionIsRenewedBeforeItsAccessTokenExpires() {
    logIn();
    loop.advance(Duration.ofMinutes(9));
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(forms).hasSize(1);
    loop.advance(Duration.ofSeconds(40));
    Map<String, String> before = Map.copyOf(cookies);
    Asking one = new Asking("/");
    Asking two = new Asking("/");
    assertThat(one.settled().outcome()).isEqualTo("ada");
    assertThat(two.settled().outcome()).isEqualTo("ada");
    assertThat(forms).as("once for both").hasSize(2);
    assertThat(forms.getLast()).contains("grant_type=refresh_token", "refresh_token=r1");

    Map<String, String> after = Map.copyOf(cookies);
    cookies.putAll(before);
    assertThat(ask("/")).as("sent before the new cookie had come").isEqualTo("ada");
    assertThat(forms).hasSize(2);
    cookies.putAll(after);
    loop.advance(Duration.ofMinutes(10));
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(forms.getLast()).contains("refresh_token=r2");
  }

  @Test
  void whileTheProviderIsAwayASessionGoesOnAndIsRenewedLater() {
    logIn();
    tokenAnswer = new Callouts.Answer.Failed("away");
    loop.advance(Duration.ofMinutes(10));
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(forms).as("not asked for each request").hasSize(2);
    tokenAnswer = answered(500, "");
    loop.advance(Duration.ofSeconds(31));
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(forms).hasSize(3);
    tokenAnswer = null;
    loop.advance(Duration.ofSeconds(31));
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(forms).hasSize(4);
    assertThat(ask("/")).isEqualTo("ada");
    assertThat(forms).hasSize(4);
  }

  @Test
  void aSessionEndsWhenTheProviderSaysSo() {
    logIn();
    Map<String, String> copy = Map.copyOf(cookies);
    tokenAnswer = answered(400, "{\"error\":\"invalid_grant\"}");
    loop.advance(Duration.ofMinutes(10));
    assertThat(ask("/")).startsWith("https://idp/authorize?");
    cookies.putAll(copy);
    assertThat(ask("/")).startsWith("https://idp/authorize?");
    assertThat(forms).hasSize(2);
  }

  @Test
  void aSessionNeverBecomesAnothersByRenewal() {
    logIn();
    subject = "bob";
    loop.advance(Duration.ofMinutes(10));
    assertThat(ask("/")).startsWith("https://idp/authorize?");
  }

  @Test
  void aLoginTakesTenMinutesAtMost() {
    String callback = beginLogin();
    loop.advance(Duration.ofMinutes(10));
    assertThat(ask(callback)).isEqualTo("oidc.login_unknown");
    assertThat(forms).isEmpty();
  }

  @Test
  void anIdTokenOfAnotherLoginIsRefused() {
    String callback = beginLogin();
    nonce = "other";
    assertThat(ask(callback)).isEqualTo("oidc.id_token");
    assertThat(cookies).isEmpty();
  }

  @Test
  void nonsenseFromTheTokenEndpointIsNoSession() {
    for (String body : List.of("", "<html>", "{}", "{\"token_type\":\"Bearer\"}", "[]")) {
      String callback = beginLogin();
      tokenAnswer = answered(200, body);
      assertThat(ask(callback)).isIn("oidc.id_token", "oidc.provider_unavailable");
      tokenAnswer = null;
    }
    assertThat(cookies).isEmpty();
  }
}
