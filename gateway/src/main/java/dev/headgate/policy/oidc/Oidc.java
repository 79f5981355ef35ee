package dev.headgate.policy.oidc;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.SecretText;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.KeyUse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Logs browsers in at an OpenID provider and vouches for them by a session that is sealed into a cookie. A page that is"
        + " opened without a session is redirected to the provider; everything else gets 401. While the provider is away"
        + " sessions go on, and who wants to log in gets 503.")
public record Oidc(
    @Doc(
            value =
                "The provider: its `issuer`, letter by letter. Its endpoints and keys are found through its metadata, at"
                    + " `/.well-known/openid-configuration` below.",
            example = "\"https://idp.example.com\"")
        String issuer,
    @Doc("As whom Headgate is registered at the provider.") Client client,
    @Doc(
            "Where the provider sends the browser back to. The URL of this path must be registered there, and a route"
                + " with this policy must take it; the policy answers it, not the upstream.")
        @Default("/_login/callback")
        String callback,
    @Doc(
            "Where a session is ended, with POST or GET from a page of the same origin, at the provider too. Answered"
                + " by the policy.")
        @Default("/_login/logout")
        String logout,
    @Doc(
            "The path that the browser is sent to after a logout. Its URL must be registered at the provider if that"
                + " ends sessions.")
        @Default("/")
        String afterLogout,
    @Doc(
            value =
                "Where the provider tells, without a browser, that sessions have ended (OpenID Connect Back-Channel"
                    + " Logout 1.0). The URL of this path must be registered there. Answered by the policy.",
            example = "/_login/back-channel-logout")
        @Nullable String backChannelLogout,
    @Doc(
            value =
                "What is asked for. `openid` always is; `offline_access` gives sessions that can be renewed.",
            example = "[profile, email]")
        @OneOrMany
        List<String> scopes,
    @Doc(
            value = "Further parameters of the request to log in.",
            example = "{ prompt: select_account }")
        Map<String, String> parameters,
    @Doc("The session.") Session session,
    @Doc(
            "Whether the upstream gets the access token, as `Authorization: Bearer`. It makes the cookie larger.")
        @Default("false")
        boolean passAccessToken,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject`, `policy`, `groups`,"
                    + " `scopes` or `claims.NAME`. No caller can send these fields.",
            example = "{ X-User: subject, X-Email: claims.email }")
        Map<String, String> identityHeaders,
    @Doc(
            "The algorithms of ID tokens that are taken. Which of them one may use is decided by the key it was signed"
                + " with. Without this, all that public keys have.")
        List<JwsAlgorithm> algorithms,
    @Doc("How the provider's metadata and keys are fetched and kept.") KeyUse keys,
    @Doc("How far the provider's clock and ours may be apart.")
        @Default("30s")
        @Range(min = "0s", max = "10m")
        Duration leeway,
    @Doc("How long the provider may take for tokens.")
        @Default("5s")
        @Range(min = "100ms", max = "25s")
        Duration timeout) {

  @Doc("As whom Headgate is registered at the provider.")
  public record Client(
      @Doc(value = "The client's id.", example = "shop") String id,
      @Doc(
              value =
                  "The client's secret. Without it the client is a public one, and PKCE alone protects its codes.",
              example = "\"${env:CLIENT_SECRET}\"")
          @Nullable SecretText secret,
      @Doc("How the secret is shown: `basic` in the field Authorization, `post` in the body.")
          @Default("basic")
          Method method) {}

  /** How a client proves who it is (OpenID Connect Core 1.0 section 9). */
  public enum Method {
    BASIC,
    POST
  }

  @Doc("The session.")
  public record Session(
      @Doc(
              "The cookie's name. It begins with `__Host-`, so that browsers take it from this host only, and only over"
                  + " TLS.")
          @Default("__Host-session")
          String cookie,
      @Doc(
              value =
                  "What sessions are sealed with: 32 bytes or more that nobody can guess, as `openssl rand -hex 32` makes"
                      + " them, and the same on all nodes.",
              example = "\"${env:SESSION_KEY}\"")
          SecretText key,
      @Doc("Keys of before, with which sessions can still be opened.") @OneOrMany
          List<SecretText> previousKeys,
      @Doc("How long a session lasts at most.") @Default("8h") @Range(min = "1m", max = "90d")
          Duration maxAge,
      @Doc("How long a session lasts that is not used. `off` for as long as `maxAge`.")
          @Default("1h")
          @Range(min = "1m", max = "90d")
          @Nullable Duration idle) {}
}
