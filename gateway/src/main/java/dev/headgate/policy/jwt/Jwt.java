package dev.headgate.policy.jwt;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.SecretText;
import dev.headgate.jose.JwsAlgorithm;
import dev.headgate.jose.KeyUse;
import dev.headgate.jose.TokenPlace;
import dev.headgate.jwe.Decryption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Vouches for callers that show a signed JSON Web Token of an issuer. The token is verified once and then remembered"
        + " until it expires. While the issuer's keys cannot be had, and the last ones have become too old, the answer"
        + " is 503, never 401.")
public record Jwt(
    @Doc(
            value = "Who must have issued the token: its `iss`, letter by letter.",
            example = "\"https://idp.example.com\"")
        String issuer,
    @Doc(
            value =
                "Whom the token must be for: one of these must be in its `aud`. `any` takes tokens that are meant for"
                    + " others too.",
            example = "orders")
        @OneOrMany
        List<String> audience,
    @Doc(
            value =
                "Where the issuer's keys are: the URL or the file of a JSON Web Key Set. Without it they are found"
                    + " through the issuer's metadata, at `/.well-known/openid-configuration` below `issuer`.",
            example = "\"https://idp.example.com/jwks\"")
        @Nullable String jwks,
    @Doc(
            value =
                "The secret that tokens are signed with, instead of keys: for the algorithms HS256 (32 bytes or more),"
                    + " HS384 (48) and HS512 (64). Whoever can verify such a token can make one: prefer keys.",
            example = "\"${env:TOKEN_SECRET}\"")
        @Nullable SecretText secret,
    @Doc(
            "The algorithms that are taken. Which of them a token may use is decided by the key it was signed with."
                + " Without this, all that public keys have; with `secret`, HS256.")
        List<JwsAlgorithm> algorithms,
    @Doc(
            value =
                "With what tokens are opened that the issuer has encrypted (JWE); without it they are refused. What is"
                    + " inside must be a signed token, which is verified like any other.",
            example = "{ keys: keys/tokens.pem }")
        @Nullable Decryption decryption,
    @Doc("How keys are fetched and kept.") KeyUse keys,
    @Doc("How far the issuer's clock and ours may be apart.")
        @Default("30s")
        @Range(min = "0s", max = "10m")
        Duration leeway,
    @Doc("Whether a token must say when it expires. One that does not is good for ever.")
        @Default("true")
        boolean requireExpiry,
    @Doc(
            value = "Claims that the token must make, whatever they say.",
            example = "[sub, client_id]")
        @OneOrMany
        List<String> requiredClaims,
    @Doc(
            value =
                "The types (`typ`) that are taken, without regard to case. Without this, `JWT`, `at+jwt` or none, so"
                    + " that tokens that are made for something else are refused.",
            example = "at+jwt")
        @OneOrMany
        List<String> type,
    @Doc("Where the token is. Without this, `Authorization: Bearer`.") TokenPlace from,
    @Doc(
            "Whether tokens must be bound to their callers. A token that says that it is bound, in `cnf`, is always checked:"
                + " to a client certificate (RFC 8705), or to a key of which the caller shows a proof (DPoP, RFC 9449)."
                + " `certificate`, `dpop` or `either` refuses tokens that are not; with `optional` whoever holds such a"
                + " token can use it, stolen ones too.")
        @Default("optional")
        Bound bound,
    @Doc("How proofs of DPoP are checked.") Dpop dpop,
    @Doc("Whether the upstream gets the token too.") @Default("false") boolean keepCredential,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject`, `policy`, `groups`,"
                    + " `scopes` or `claims.NAME`. No caller can send these fields.",
            example = "{ X-User: subject, X-Tenant: claims.tenant }")
        Map<String, String> identityHeaders,
    @Doc(
            "How many verified tokens each event loop remembers, so that their next requests cost no cryptography."
                + " About 500 bytes each; 0 for none.")
        @Default("8192")
        @Range(min = "0", max = "1000000")
        int remember) {

  /** How a token must be bound to its caller. */
  public enum Bound {
    OPTIONAL,
    CERTIFICATE,
    DPOP,
    EITHER
  }

  @Doc("How proofs of DPoP are checked.")
  public record Dpop(
      @Doc("How old a proof may be; `leeway` is allowed for besides.")
          @Default("60s")
          @Range(min = "1s", max = "10m")
          Duration maxAge,
      @Doc(
              "Whether a proof must contain a nonce that the gateway gave lately, so that none can be made in advance."
                  + " Callers without one are told it with the refusal.")
          @Default("false")
          boolean nonce,
      @Doc(
              value =
                  "What nonces are made of, the same for all nodes that share the callers; 32 bytes or more. Without it"
                      + " each node makes up its own, and knows no nonces of others.",
              example = "\"${env:NONCE_SECRET}\"")
          @Nullable SecretText nonceSecret,
      @Doc(
              "How many proofs are remembered, so that none is taken twice, by all event loops of a node together. When"
                  + " so many came within `maxAge`, further ones get 503. Up to 64 bytes each, once they come.")
          @Default("100000")
          @Range(min = "1", max = "10000000")
          int remember) {}
}
