package dev.headgate.config;

import org.jspecify.annotations.Nullable;

@Doc("The read-only endpoints for operators: health, metrics, effective configuration.")
@Shorthand("address")
public record Admin(
    @Doc(
            "Where to listen, as host:port, or `off`. Keep it on loopback or a network of your own: it asks nobody who"
                + " they are.")
        @Default("127.0.0.1:9901")
        @Nullable HostPort address) {}
