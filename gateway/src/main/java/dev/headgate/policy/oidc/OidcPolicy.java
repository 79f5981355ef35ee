package dev.headgate.policy.oidc;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.jose.FetchedKeys;
import dev.headgate.jose.IssuerMetadata;
import dev.headgate.jose.TokenOwners;
import java.net.URI;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for browsers with a session, sends those without one to the provider, and answers the
 * paths of the callback and the logout.
 */
@LoopConfined
final class OidcPolicy implements AuthenticationPolicy {
  private static final int FOUND = 302;
  private static final int SEE_OTHER = 303;
  static final byte[] NO_BODY = {};

  private final Prepared prepared;
  private final Oidc config;
  private final Provider provider;
  private final Logins logins;
  private final Sessions sessions;
  private final BackChannel backChannel;
  private final Loop loop;

  /** What the instances of all loops share. */
  record Prepared(
      Oidc config,
      SealingKeys keys,
      TokenOwners owners,
      IdentityHeaders identityHeaders,
      Renewals renewals,
      EndedSessions ended,
      SeenOnce logouts) {}

  /** Keys for what is sealed, derived from those of the configuration. */
  record SealingKeys(List<SecretKey> sessions, List<SecretKey> logins, String owner) {
    static SealingKeys of(List<String> secrets, String owner) {
      return new SealingKeys(
          Seal.keys(secrets, "session\0" + owner), Seal.keys(secrets, "login\0" + owner), owner);
    }

    @Override
    public String toString() {
      return "SealingKeys";
    }
  }

  OidcPolicy(Prepared prepared, Provider provider, Loop loop) {
    this.prepared = prepared;
    this.config = prepared.config();
    this.provider = provider;
    this.loop = loop;
    SecureRandom random = new SecureRandom();
    SealingKeys keys = prepared.keys();
    this.sessions =
        new Sessions(
            config.session(),
            new Seal(keys.sessions(), "session\0" + keys.owner(), random),
            prepared.owners(),
            prepared.ended(),
            loop);
    this.backChannel =
        new BackChannel(
            new LogoutTokens(config, provider.keys(), prepared.logouts(), loop), sessions, loop);
    this.logins =
        new Logins(
            config,
            provider,
            new IdTokens(config, provider.keys(), loop),
            new Seal(keys.logins(), "login\0" + keys.owner(), random),
            random,
            loop);
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    Asked asked = new Asked(Cookies.of(exchange, config.session().cookie()));
    exchange.state(this, asked);
    String path = exchange.path();
    boolean get = exchange.method().equals("GET");
    if (get && path.equals(config.callback())) {
      return logins.finish(
          exchange, asked, (session, target) -> start(exchange, asked, session, target));
    }
    if (path.equals(config.backChannelLogout())) {
      return backChannel.answer(exchange);
    }
    if (path.equals(config.logout()) && (get || exchange.method().equals("POST"))) {
      return logOut(exchange, asked);
    }
    Sessions.Opened opened = sessions.open(asked.cookies());
    if (opened == null) {
      return withoutSession(exchange, asked);
    }
    return loop.wallMillis() >= opened.session().times().renewAt()
        ? renew(exchange, asked, opened)
        : vouch(exchange, asked, opened);
  }

  private Decision vouch(Exchange exchange, Asked asked, Sessions.Opened opened) {
    if (sessions.isStale(opened.session())) {
      asked.set(sessions.setting(opened.session().used(loop.wallMillis()), asked.cookies()));
    }
    asked.opened(opened);
    exchange.identity(opened.identity());
    return Decision.CONTINUE;
  }

  /** A session that does not last is none: its cookies go, and nobody is told what was wrong. */
  private Decision withoutSession(Exchange exchange, Asked asked) {
    if (asked.cookies().hasSession()) {
      exchange.note(Stage.AUTHENTICATE, "its session has ended, or was not sealed here");
      asked.set(asked.cookies().clearingSession());
    }
    return Browser.opensPage(exchange) && provider.metadata() == null
        ? waitForMetadata()
        : Decision.CONTINUE;
  }

  /** Whom to send a browser to is not known in the first moment. */
  private Decision waitForMetadata() {
    Decision.Await await = new Decision.Await();
    FetchedKeys.Asked what = provider.keys().ask(_ -> await.complete(Decision.CONTINUE));
    return what == FetchedKeys.Asked.WAITING ? await : Decision.CONTINUE;
  }

  private Decision renew(Exchange exchange, Asked asked, Sessions.Opened opened) {
    String version = opened.session().version();
    Decision.Await await = new Decision.Await();
    Renewals.Asked what =
        prepared
            .renewals()
            .ask(
                version,
                loop,
                outcome -> {
                  if (!await.cancelled()) {
                    await.complete(renewed(exchange, asked, opened, outcome));
                  }
                });
    return switch (what) {
      case FULL -> vouch(exchange, asked, opened);
      case WAIT -> await;
      case BEGIN -> {
        logins.renew(opened, outcome -> prepared.renewals().end(version, outcome, loop.nanos()));
        yield await;
      }
    };
  }

  private Decision renewed(
      Exchange exchange, Asked asked, Sessions.Opened opened, Renewals.Outcome outcome) {
    return switch (outcome) {
      case Renewals.Outcome.Renewed(Session session) -> {
        Sessions.Opened fresh = sessions.opened(session);
        List<String> setting = sessions.setting(session, asked.cookies());
        if (fresh == null || setting.isEmpty()) {
          yield vouch(exchange, asked, opened);
        }
        asked.set(setting);
        asked.opened(fresh);
        exchange.identity(fresh.identity());
        yield Decision.CONTINUE;
      }
      case Renewals.Outcome.Postponed _ -> vouch(exchange, asked, opened);
      case Renewals.Outcome.Ended _ -> {
        sessions.end(opened.session());
        yield withoutSession(exchange, asked);
      }
    };
  }

  @Override
  public @Nullable Decision invitation(Exchange exchange) {
    return Browser.opensPage(exchange) ? logins.begin(exchange, asked(exchange)) : null;
  }

  private Asked asked(Exchange exchange) {
    return (Asked) Objects.requireNonNull(exchange.state(this));
  }

  /** A login has succeeded: a new session, whatever there was before. */
  private Decision start(Exchange exchange, Asked asked, Session session, String target) {
    List<String> setting = sessions.setting(session, asked.cookies());
    if (setting.isEmpty()) {
      return Decision.fail(
          Failure.gateway(
              Stage.AUTHENTICATE,
              502,
              "oidc.session_too_long",
              "the provider's tokens are too long for cookies"));
    }
    asked.set(setting);
    return redirect(exchange, FOUND, target);
  }

  private Decision logOut(Exchange exchange, Asked asked) {
    if (!Browser.sentByOwnPage(exchange)) {
      return Decision.fail(
          Failure.client(
              Stage.AUTHENTICATE,
              403,
              "oidc.logout_cross_site",
              "only a page of the same origin can log somebody out"));
    }
    Sessions.Opened opened = sessions.open(asked.cookies());
    asked.set(asked.cookies().clearingSession());
    if (opened == null) {
      return redirect(exchange, SEE_OTHER, config.afterLogout());
    }
    sessions.end(opened.session());
    IssuerMetadata metadata = provider.metadata();
    URI endpoint = metadata == null ? null : metadata.url("end_session_endpoint");
    if (endpoint == null) {
      return redirect(exchange, SEE_OTHER, config.afterLogout());
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("id_token_hint", opened.session().tokens().idToken());
    parameters.put("client_id", config.client().id());
    parameters.put(
        "post_logout_redirect_uri",
        exchange.scheme() + "://" + exchange.authority() + config.afterLogout());
    return redirect(exchange, SEE_OTHER, Logins.with(endpoint, parameters));
  }

  private static Decision redirect(Exchange exchange, int status, String location) {
    exchange.responseHeaders().set(HeaderName.LOCATION, location);
    return new Decision.Respond(status, NO_BODY);
  }

  @Override
  public void onResponse(Exchange exchange) {
    asked(exchange).write(exchange.responseHeaders());
  }

  @Override
  public String missing() {
    return "oidc.login_required";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    return "Cookie";
  }

  @Override
  public void forward(Exchange exchange) {
    Cookies.remove(exchange, config.session().cookie());
    if (config.passAccessToken()
        && exchange.state(this) instanceof Asked asked
        && asked.opened() != null
        && asked.opened().identity() == exchange.identity()) {
      passAccessToken(asked.opened().session().tokens().accessToken(), exchange.requestHeaders());
    }
    prepared.identityHeaders().write(exchange);
  }

  /** The upstream must be able to rely on it: what the caller sent there does not get through. */
  private static void passAccessToken(String token, Headers headers) {
    headers.remove(HeaderName.AUTHORIZATION);
    if (!token.isEmpty()) {
      headers.add(HeaderName.AUTHORIZATION, "Bearer " + token);
    }
  }

  @Override
  public void close() {
    provider.keys().close();
  }
}
