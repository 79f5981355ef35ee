package dev.headgate.policy.gatewaytoken;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import dev.headgate.config.SecretText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

@Doc(
    "Gives the upstream a short-lived signed token (a JWT) that says that the request came through this gateway, and who"
        + " is calling: `iss`, `aud`, `iat`, `exp`, and of a known caller `sub`, `policy`, `consumer`, `groups` and"
        + " `scope`. An upstream that verifies it cannot be called past the gateway. No caller can send the field.")
public record GatewayToken(
    @Doc(value = "The header field that holds the token.") @Default("X-Gateway-Token")
        String header,
    @Doc(
            value = "The gateway's name for itself, the token's `iss`.",
            example = "\"https://gateway.example.com\"")
        String issuer,
    @Doc(
            value =
                "Whom the token is for, its `aud`: upstreams take only tokens that are for them. Without this, the"
                    + " name of the route.",
            example = "orders")
        @OneOrMany
        List<String> audience,
    @Doc(
            value =
                "The private key that signs, a PEM file: of Ed25519 (`openssl genpkey -algorithm ed25519`) for EdDSA,"
                    + " or on the curve P-256 for ES256. The token's `kid` is its thumbprint (RFC 7638).",
            example = "keys/gateway.pem")
        @Nullable String key,
    @Doc(
            value =
                "A secret that signs instead, with HS256; 32 bytes or more. Every upstream that can verify such a"
                    + " token can make one for the others: prefer a key.",
            example = "\"${env:GATEWAY_SECRET}\"")
        @Nullable SecretText secret,
    @Doc(
            "How long a token is valid. It serves all requests of the same caller for the first half of that time, so that"
                + " what an upstream gets has at least the other half before it.")
        @Default("60s")
        @Range(min = "10s", max = "1h")
        Duration lifetime,
    @Doc(
            value =
                "Further claims: the name in the token, and the caller's claim that is copied, where dots lead into"
                    + " objects. What the caller's credential does not say is left out.",
            example = "{ tenant: tenant, city: address.city }")
        Map<String, String> claims,
    @Doc("How many tokens each event loop remembers. About 700 bytes each.")
        @Default("4096")
        @Range(min = "1", max = "1000000")
        int remember) {}
