package dev.headgate.policy.mtls;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import java.util.Map;

@Doc(
    "Vouches for callers by the client certificate of their TLS connection, which the listener has verified: its"
        + " `tls.clients` must be `optional` or `required`.")
public record Mtls(
    @Doc(
            "Whether a certificate that is no consumer's is taken too. Then everybody whom the listener's authorities"
                + " have given a certificate can call; what they may do is for `authorize` to say.")
        @Default("false")
        boolean allowUnknown,
    @Doc(
            value =
                "Header fields that tell the upstream who is calling: `consumer`, `subject`, `policy`, `groups`,"
                    + " `scopes` or `claims.NAME`, where NAME is one of subject, issuer, serial, spiffe, fingerprint,"
                    + " notAfter, sans.dns, sans.uri, sans.email, sans.ip. No caller can send these fields.",
            example = "{ X-Client: claims.fingerprint }")
        Map<String, String> identityHeaders) {}
