package dev.headgate.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

@Doc(
    "A Redis from 6.2 on, or what speaks like one (Valkey), that several nodes share. Each event loop connects to it once"
        + " a policy uses it; one that is away stops nothing else.")
@Shorthand("redis")
public record Store(
    @Doc(
            value =
                "Where it is: `redis://HOST:PORT/DATABASE`, `rediss://` with TLS, or"
                    + " `redis-sentinel://HOST,HOST/DATABASE#MASTER` (`rediss-sentinel://` with TLS) for one that Sentinels"
                    + " watch, or `redis-cluster://HOST,HOST` (`rediss-cluster://` with TLS) for a Cluster, of which some"
                    + " nodes are named.",
            example = "redis://10.0.0.5:6379")
        String redis,
    @Doc("The ACL user to log in as; without it, the default user.") @Nullable SecretText user,
    @Doc("The password to log in with.") @Nullable SecretText password,
    @Doc("The password that Sentinels ask for.") @Nullable SecretText sentinelPassword,
    @Doc(
            value =
                "What its keys begin with. Gateways that write the same prefix to the same Redis count together.",
            example = "orders-gateway")
        @Default("headgate")
        String prefix,
    @Doc(
            "How long to wait for an answer. After it, what is asked for counts as not answered, and what was set for a"
                + " store that fails is done.")
        @Default("100ms")
        @Range(min = "1ms", max = "10s")
        Duration timeout,
    @Doc("TLS towards it.") Tls tls) {

  @Doc("TLS towards a store.")
  public record Tls(
      @Doc(
              "Whether the store's certificate and name are verified. Turning it off gives up what TLS is for.")
          @Default("true")
          boolean verify,
      @Doc("PEM file: the authorities to trust instead of the system's.") @Nullable String ca,
      @Doc("The certificate to show to a store that asks for one.")
          ServerTls.@Nullable KeyPair certificate) {}
}
