package dev.headgate.policy.introspection;

import dev.headgate.callout.Breaking;
import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.SecretText;
import dev.headgate.config.Spelled;
import dev.headgate.config.Upstream;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.KeyUse;
import dev.headgate.jose.TokenPlace;
import dev.headgate.jwe.Decryption;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Vouches for callers that show a token which an authorization server says is active (OAuth 2.0 Token Introspection,"
        + " RFC 7662). While the server does not answer, the answer is 503, never 401.")
public record Introspection(
    @Doc(value = "Where the server is asked.", example = "\"https://idp.example.com/introspect\"")
        URI endpoint,
    @Doc("How the gateway proves to the server who is asking.") Client client,
    @Doc(
            value =
                "Whom the token must be for: one of these must be in the answer's `aud`. `any` takes tokens that are"
                    + " meant for others too, and answers that do not say.",
            example = "orders")
        @OneOrMany
        List<String> audience,
    @Doc(
            value =
                "Who must have issued the token: the answer's `iss`, letter by letter. Without it, anybody whose tokens"
                    + " the server knows.",
            example = "\"https://idp.example.com\"")
        @Nullable String issuer,
    @Doc(value = "What the answer must say, whatever it is.", example = "[sub, client_id]")
        @OneOrMany
        List<String> requiredClaims,
    @Doc("How far the server's clock and ours may be apart.")
        @Default("30s")
        @Range(min = "0s", max = "10m")
        Duration leeway,
    @Doc("How long answers are remembered, on each event loop.") Cache cache,
    @Doc(
            "What happens to a caller while the server does not answer: `deny`, or `allowCached` if the server said less"
                + " than `cache.maxAge` ago that its token is active.")
        @Default("deny")
        OnFailure onFailure,
    @Doc("How long to wait for an answer.") @Default("2s") @Range(min = "10ms", max = "20s")
        Duration timeout,
    @Doc("When to stop asking.") Breaking breaker,
    @Doc(
            value =
                "Answers must be signed (RFC 9701), with keys of `issuer`. Without it they are plain JSON.",
            example = "{}")
        @Nullable Signed signed,
    @Doc("TLS towards the server.") Upstream.ClientTls tls,
    @Doc("Where the token is. Without this, `Authorization: Bearer`.") TokenPlace from,
    @Doc("Whether the upstream gets the token too.") @Default("false") boolean keepCredential,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject`, `policy`, `groups`,"
                    + " `scopes` or `claims.NAME`. No caller can send these fields.",
            example = "{ X-User: subject, X-Client: claims.client_id }")
        Map<String, String> identityHeaders) {

  @Doc("How the gateway proves to the server who is asking.")
  public record Client(
      @Doc(value = "The gateway's name at the server.", example = "gateway") @Nullable String id,
      @Doc(value = "Its secret, or the token to show.", example = "\"${env:CLIENT_SECRET}\"")
          SecretText secret,
      @Doc(
              "`basic` sends both in the field Authorization, `post` in the body (client_secret_basic and"
                  + " client_secret_post of RFC 6749); `bearer` sends the secret as a token.")
          @Default("basic")
          Method method) {}

  /** How the gateway authenticates. */
  public enum Method {
    BASIC,
    POST,
    BEARER
  }

  /** What happens while the server does not answer. */
  public enum OnFailure implements Spelled {
    DENY("deny"),
    ALLOW_CACHED("allowCached");

    private final String text;

    OnFailure(String text) {
      this.text = text;
    }

    @Override
    public String text() {
      return text;
    }
  }

  @Doc("How long answers are remembered, on each event loop.")
  public record Cache(
      @Doc(
              "That a token is active; never beyond its `exp`. A token that is revoked is taken for so long.")
          @Default("60s")
          @Range(min = "0s", max = "1d")
          Duration active,
      @Doc("That a token is not active.") @Default("10s") @Range(min = "0s", max = "1h")
          Duration inactive,
      @Doc(
              "How old an answer may be while the server does not answer, with `onFailure: allowCached`.")
          @Default("10m")
          @Range(min = "1s", max = "1d")
          Duration maxAge,
      @Doc("How many answers. About 1 kB each; those about active tokens stay longer.")
          @Default("8192")
          @Range(min = "8", max = "1000000")
          int most) {}

  @Doc("How answers are signed.")
  public record Signed(
      @Doc(
              value =
                  "Where the issuer's keys are: the URL or the file of a JSON Web Key Set. Without it they are found"
                      + " through the issuer's metadata.",
              example = "\"https://idp.example.com/jwks\"")
          @Nullable String jwks,
      @Doc("The algorithms that are taken. Without this, all that public keys have.")
          List<JwsAlgorithm> algorithms,
      @Doc(
              value =
                  "With what answers are opened that the server has encrypted besides; without it they are not believed.",
              example = "{ keys: keys/tokens.pem }")
          @Nullable Decryption decryption,
      @Doc("How keys are fetched and kept.") KeyUse keys) {}
}
