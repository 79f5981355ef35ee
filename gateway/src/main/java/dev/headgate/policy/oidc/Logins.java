package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Query;
import dev.headgate.jose.IssuerMetadata;
import dev.headgate.jose.Verification;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Logins, from the redirect to the provider to the session. What a login must agree with when the
 * browser comes back is sealed into a cookie of its own, so that several tabs can log in at once.
 */
@LoopConfined
final class Logins {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int FOUND = 302;
  private static final int LONGEST_TARGET = 2048;
  private static final int KEY = 8;
  private static final int LONGEST_CODE = 8192;
  private static final byte[] NO_BODY = {};

  /** Renewed so long before the access token expires. */
  private static final long AHEAD = Duration.ofSeconds(30).toMillis();

  private final Oidc config;
  private final Provider provider;
  private final IdTokens idTokens;
  private final Seal seal;
  private final SecureRandom random;
  private final Loop loop;

  /** Who gets the session that comes of a login. */
  interface Started {
    Decision with(Session session, String target);
  }

  Logins(
      Oidc config,
      Provider provider,
      IdTokens idTokens,
      Seal seal,
      SecureRandom random,
      Loop loop) {
    this.config = config;
    this.provider = provider;
    this.idTokens = idTokens;
    this.seal = seal;
    this.random = random;
    this.loop = loop;
  }

  // To the provider.

  /** Sends a browser to the provider. */
  Decision begin(Exchange exchange, Asked asked) {
    IssuerMetadata metadata = provider.metadata();
    URI endpoint = metadata == null ? null : metadata.url("authorization_endpoint");
    if (endpoint == null) {
      return Decision.fail(unavailable("the provider's metadata cannot be had now"));
    }
    LoginAttempt attempt =
        new LoginAttempt(
            loop.wallMillis(),
            random(),
            random(),
            random() + random(),
            exchange.scheme() + "://" + exchange.authority() + config.callback(),
            target(exchange));
    Cookies cookies = asked.cookies();
    asked.set(cookies.clearingOldLogins());
    asked.set(cookies.settingLogin(key(attempt.state()), seal.seal(attempt.bytes()), PATIENCE));
    exchange.responseHeaders().set(HeaderName.LOCATION, url(endpoint, attempt));
    exchange.note(Stage.AUTHENTICATE, "the browser is sent to " + endpoint + " to log in");
    return new Decision.Respond(FOUND, NO_BODY);
  }

  private String url(URI endpoint, LoginAttempt attempt) {
    Set<String> scopes = new LinkedHashSet<>();
    scopes.add("openid");
    scopes.addAll(config.scopes());
    Map<String, String> parameters = new LinkedHashMap<>(config.parameters());
    parameters.put("response_type", "code");
    parameters.put("client_id", config.client().id());
    parameters.put("redirect_uri", attempt.redirect());
    parameters.put("scope", String.join(" ", scopes));
    parameters.put("state", attempt.state());
    parameters.put("nonce", attempt.nonce());
    parameters.put("code_challenge", challenge(attempt.verifier()));
    parameters.put("code_challenge_method", "S256");
    return with(endpoint, parameters);
  }

  /** A URL with further parameters. */
  static String with(URI url, Map<String, String> parameters) {
    String separator = url.getRawQuery() == null ? "?" : "&";
    return url + separator + Provider.form(parameters);
  }

  private static String challenge(String verifier) {
    try {
      return base64(
          MessageDigest.getInstance("SHA-256")
              .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Always a path of this origin, whatever was asked for: nobody is sent elsewhere. */
  private static String target(Exchange exchange) {
    String query = exchange.query();
    String whole = query == null ? exchange.path() : exchange.path() + "?" + query;
    boolean local =
        whole.length() <= LONGEST_TARGET
            && whole.startsWith("/")
            && !whole.startsWith("//")
            && whole.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '\\');
    return local ? whole : "/";
  }

  /**
   * Under what a login is kept: of its own, so that tabs that are opened in the same moment, when
   * none has a cookie yet, do not take each other's.
   */
  private static String key(String state) {
    return state.substring(0, Math.min(KEY, state.length()));
  }

  String random() {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return base64(bytes);
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  // And back.

  /** Takes a browser that comes from the provider. */
  Decision finish(Exchange exchange, Asked asked, Started started) {
    String query = exchange.query() == null ? "" : exchange.query();
    LoginAttempt attempt = attempt(asked, Query.first(query, "state"));
    if (attempt == null) {
      return refused(400, "oidc.login_unknown", "no login of this browser has that 'state'");
    }
    Failure failure = breach(query);
    if (failure != null) {
      return Decision.fail(failure);
    }
    String code = Query.first(query, "code");
    if (code == null || code.isEmpty() || code.length() > LONGEST_CODE) {
      return refused(400, "oidc.login_unknown", "the provider sent no code");
    }
    Decision.Await await = new Decision.Await();
    provider.exchange(
        attempt,
        code,
        reply -> {
          switch (reply) {
            case Provider.Reply.Granted(TokenAnswer answer) ->
                verify(answer, attempt, started, await);
            case Provider.Reply.Refused(String why) ->
                await.complete(refused(400, "oidc.code_refused", why));
            case Provider.Reply.Unavailable(String why) ->
                await.complete(Decision.fail(unavailable(why)));
          }
        });
    return await;
  }

  /** The login that was begun with that state; each can be finished once. */
  private @Nullable LoginAttempt attempt(Asked asked, @Nullable String state) {
    String sealed = state == null ? null : asked.cookies().login(key(state));
    byte[] plain = sealed == null ? null : seal.open(sealed);
    LoginAttempt attempt = plain == null ? null : LoginAttempt.read(plain);
    if (state == null || attempt == null || !same(attempt.state(), state)) {
      return null;
    }
    asked.set(asked.cookies().clearingLogin(key(state)));
    boolean inTime = loop.wallMillis() - attempt.begunAt() < PATIENCE.toMillis();
    return inTime ? attempt : null;
  }

  private static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
  }

  /** What is wrong with the provider's answer, if anything is. */
  private @Nullable Failure breach(String query) {
    IssuerMetadata metadata = provider.metadata();
    String issuer = Query.first(query, "iss");
    boolean saysIssuer =
        metadata != null && metadata.says("authorization_response_iss_parameter_supported");
    if (issuer == null ? saysIssuer : !issuer.equals(config.issuer())) {
      // RFC 9207: somebody mixes up providers.
      return Failure.client(
          Stage.AUTHENTICATE, 400, "oidc.login_unknown", "its 'iss' is not the provider's");
    }
    String error = Query.first(query, "error");
    if (error == null) {
      return null;
    }
    return error.equals("access_denied")
        ? Failure.client(Stage.AUTHENTICATE, 403, "oidc.denied", "the user or the provider said no")
        : Failure.gateway(
            Stage.AUTHENTICATE, 502, "oidc.provider_error", "the provider: " + word(error));
  }

  /** Errors are words (RFC 6749 section 4.1.2.1); what is none is not repeated. */
  private static String word(String error) {
    boolean word =
        error.length() <= 64 && error.chars().allMatch(c -> (c >= 'a' && c <= 'z') || c == '_');
    return word ? error : "an error that is no word";
  }

  private void verify(
      TokenAnswer answer, LoginAttempt attempt, Started started, Decision.Await await) {
    idTokens.verify(
        answer.idToken(),
        new IdTokens.Expected(attempt.nonce(), null, answer.accessToken()),
        verdict ->
            await.complete(
                switch (verdict) {
                  case SignedTokens.Verdict.Holds _ ->
                      started.with(session(answer), attempt.target());
                  case SignedTokens.Verdict.Wrong(String why) ->
                      Decision.fail(
                          Failure.gateway(
                              Stage.AUTHENTICATE, 502, "oidc.id_token", "the ID token: " + why));
                  case SignedTokens.Verdict.Undecided(Verification.Obstacle obstacle, String why) ->
                      Decision.fail(undecided(obstacle, why));
                }));
  }

  static Failure undecided(Verification.Obstacle obstacle, String why) {
    return switch (obstacle) {
      case KEYS -> unavailable(why);
      case LOAD -> Failure.gateway(Stage.AUTHENTICATE, 503, "overload.crypto", why);
      case BROKEN -> Failure.gateway(Stage.AUTHENTICATE, 500, "policy.failed", why);
    };
  }

  private Session session(TokenAnswer answer) {
    long now = loop.wallMillis();
    return new Session(
        random(), new Session.Times(now, now, renewAt(answer, now), 0), tokens(answer));
  }

  private Session.Tokens tokens(TokenAnswer answer) {
    return new Session.Tokens(
        answer.idToken(),
        answer.refreshToken(),
        config.passAccessToken() ? answer.accessToken() : "",
        answer.scope());
  }

  private static long renewAt(TokenAnswer answer, long now) {
    return answer.refreshToken().isEmpty() || answer.seconds() == 0
        ? Session.NEVER
        : now + Math.max(answer.seconds() * 1000 - AHEAD, answer.seconds() * 500);
  }

  // Renewal.

  /** Asks the provider for new tokens of a session, and tells what came of it. */
  void renew(Sessions.Opened opened, Renewals.Listener listener) {
    Session session = opened.session();
    provider.refresh(
        session.tokens().refreshToken(),
        reply -> {
          switch (reply) {
            case Provider.Reply.Granted(TokenAnswer answer) -> renewed(opened, answer, listener);
            case Provider.Reply.Refused _ -> listener.ended(new Renewals.Outcome.Ended());
            case Provider.Reply.Unavailable _ -> listener.ended(new Renewals.Outcome.Postponed());
          }
        });
  }

  /** A refresh may bring no ID token, no refresh token and no scope: then the old ones stay. */
  private void renewed(Sessions.Opened opened, TokenAnswer answer, Renewals.Listener listener) {
    Session.Tokens old = opened.session().tokens();
    TokenAnswer whole =
        new TokenAnswer(
            orElse(answer.idToken(), old.idToken()),
            orElse(answer.refreshToken(), old.refreshToken()),
            answer.accessToken(),
            orElse(answer.scope(), old.scope()),
            answer.seconds());
    long now = loop.wallMillis();
    Session session = opened.session().renewed(tokens(whole), renewAt(whole, now), now);
    if (answer.idToken().isEmpty()) {
      listener.ended(new Renewals.Outcome.Renewed(session));
      return;
    }
    Session withOldIdentity =
        opened
            .session()
            .renewed(tokens(whole).withIdToken(old.idToken()), renewAt(whole, now), now);
    idTokens.verify(
        answer.idToken(),
        new IdTokens.Expected(null, opened.identity().subject(), answer.accessToken()),
        verdict ->
            listener.ended(
                switch (verdict) {
                  case SignedTokens.Verdict.Holds _ -> new Renewals.Outcome.Renewed(session);
                  case SignedTokens.Verdict.Wrong _ -> new Renewals.Outcome.Ended();
                  // The tokens are the provider's; only what it says of the user can't be proven
                  // now.
                  case SignedTokens.Verdict.Undecided _ ->
                      new Renewals.Outcome.Renewed(withOldIdentity);
                }));
  }

  private static String orElse(String text, String other) {
    return text.isEmpty() ? other : text;
  }

  private static Decision refused(int status, String reason, String detail) {
    return Decision.fail(Failure.client(Stage.AUTHENTICATE, status, reason, detail));
  }

  static Failure unavailable(String detail) {
    return Failure.gateway(Stage.AUTHENTICATE, 503, "oidc.provider_unavailable", detail);
  }
}
