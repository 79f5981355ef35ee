package dev.headgate.jose;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Range;
import dev.headgate.config.Upstream;
import java.time.Duration;

@Doc("How keys are fetched and kept.")
public record KeyUse(
    @Doc(
            "How often they are fetched again. A token with an unknown `kid` has them fetched at once, at most every"
                + " 2 seconds.")
        @Default("5m")
        @Range(min = "1s", max = "1d")
        Duration refresh,
    @Doc("How long the last ones are used while they cannot be fetched.")
        @Default("1d")
        @Range(min = "1s", max = "30d")
        Duration maxAge,
    @Doc("TLS towards the issuer.") Upstream.ClientTls tls) {}
