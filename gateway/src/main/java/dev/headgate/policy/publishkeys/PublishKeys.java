package dev.headgate.policy.publishkeys;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import dev.headgate.config.Range;
import java.time.Duration;
import java.util.List;

@Doc(
    "Answers with the public keys that the gateway signs its tokens with, as a JSON Web Key Set, so that upstreams can"
        + " fetch them. To change a key without a gap, publish the next one beside it first, then sign with it, and"
        + " take the old one out when its last tokens have expired.")
public record PublishKeys(
    @Doc(
            value =
                "PEM files of the keys, of Ed25519 or on the curve P-256: private ones as `gatewayToken` has them, of"
                    + " which only the public half is shown, or public ones.",
            example = "[keys/gateway.pem, keys/next.pub.pem]")
        @OneOrMany
        List<String> keys,
    @Doc("How long verifiers may keep the answer.") @Default("5m") @Range(min = "0s", max = "1d")
        Duration maxAge) {}
