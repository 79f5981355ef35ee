package dev.headgate.config;

@Doc("The read-only endpoints for operators: health, metrics, effective configuration.")
public record Admin(
    @Doc(
            "Where to listen, as host:port. Keep it on loopback or a network of your own: it asks nobody who they are.")
        @Default("127.0.0.1:9901")
        HostPort address) {}
