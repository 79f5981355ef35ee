package dev.headgate.policy.jwt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Config;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Requested;
import dev.headgate.exchange.SeenOnce;
import dev.headgate.http.Headers;
import dev.headgate.jose.FetchedKeys;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.KeySource;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.TokenOwners;
import dev.headgate.jose.VerificationKey;
import dev.headgate.policy.Policies;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A policy on a loop of its own, with an issuer that answers what the test says. */
final class JwtUnderTest {
  static final String ISSUER = "https://idp.example.com";
  static final String SECRET = "a secret of at least thirty-two bytes, as RFC 7518 says; and more";

  final ManualLoop loop = new ManualLoop();
  final List<Callouts.Callout> asked = new ArrayList<>();
  private final List<Callouts.Listener> waiting = new ArrayList<>();
  private final Config config;
  private final JwtPolicy policy;
  private Callouts.@Nullable Answer answer;

  /**
   * @param more further keys of the policy, each with a comma before it
   */
  JwtUnderTest(String more) {
    this(more, "{}");
  }

  JwtUnderTest(String more, String consumers) {
    config = read(more, consumers);
    Jwt jwt = config();
    loop.callouts((callout, listener) -> {
      asked.add(callout);
      waiting.add(listener);
    });
    LoopKeys keys =
        jwt.secret() != null
            ? LoopKeys.fixed(
                loop, new KeySet(List.of(VerificationKey.secret(jwt.secret().reveal())), List.of()))
            : LoopKeys.of(
                loop,
                new FetchedKeys(new KeySource.Url(URI.create(ISSUER + "/k"), jwt.keys().tls())),
                jwt.keys().refresh(),
                jwt.keys().maxAge());
    policy =
        new JwtPolicy(
            new JwtPolicy.Prepared(
                jwt,
                JwtKind.rules(jwt),
                null,
                new ProofRules(jwt, jwt.dpop().nonce() ? new Nonces(null) : null, new SeenOnce()),
                new TokenOwners("idp", "jwt", config.consumers()),
                new IdentityHeaders("idp", jwt.identityHeaders())),
            keys,
            loop);
  }

  private static Config read(String more, String consumers) {
    String yaml =
        """
        listeners: { plain: { address: "127.0.0.1:0" } }
        policies: { idp: { jwt: { issuer: "%s", audience: orders%s } } }
        routes: { r: { match: { path: /** }, auth: idp, respond: { body: in } } }
        consumers: %s
        """
            .formatted(ISSUER, more, consumers);
    Reading reading =
        new ConfigReader(Policies.KINDS, Secrets.of(Map.of("S", SECRET)))
            .read("headgate.yaml", yaml);
    assertThat(reading.problems().hasErrors()).as(reading.problems().report()).isFalse();
    return ((Reading.Accepted) reading).config();
  }

  /** From now on the issuer answers with this. */
  JwtUnderTest answering(String keys) {
    return answering(200, keys);
  }

  JwtUnderTest answering(int status, String body) {
    answer =
        new Callouts.Answer.Answered(status, new Headers(), body.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** From now on it cannot be reached. */
  JwtUnderTest away() {
    answer = new Callouts.Answer.Failed("cannot connect");
    return this;
  }

  /** From now on it takes its time. */
  JwtUnderTest silent() {
    answer = null;
    return this;
  }

  /** Lets all happen that can happen without time passing. */
  void settle() {
    loop.runTasks();
    Callouts.Answer given = answer;
    while (given != null && !waiting.isEmpty()) {
      waiting.removeFirst().answered(given);
      loop.runTasks();
    }
  }

  /** Claims that hold for an hour, with others after them. */
  String claims(String more) {
    return "{\"iss\":\"%s\",\"aud\":\"orders\",\"exp\":%d,\"sub\":\"ada\"%s}"
        .formatted(ISSUER, now() + 3600, more);
  }

  /** Seconds since 1970. */
  long now() {
    return loop.wallMillis() / 1000;
  }

  /** A request with that token; see {@link Asking}. */
  Asking begin(String token) {
    return beginWith("Bearer " + token);
  }

  Asking beginWith(@Nullable String authorization) {
    Headers headers = new Headers();
    if (authorization != null) {
      headers.add("Authorization", authorization);
    }
    return begin("GET", "/", headers, null);
  }

  Asking begin(
      String method, String target, Headers headers, @Nullable ClientCertificate certificate) {
    Exchange exchange = Requested.of(loop, method, target, headers, certificate);
    return new Asking(exchange, policy.onRequest(exchange));
  }

  /**
   * What becomes of a request with that token: its failure's reason, or {@code vouched}. If it
   * waits for newer keys, so much time passes that they are asked for.
   */
  String ask(String token) {
    return settled(begin(token)).outcome();
  }

  private Asking settled(Asking asking) {
    settle();
    if (asking.outcome().equals("waiting")) {
      loop.advance(Duration.ofSeconds(2));
      settle();
    }
    return asking;
  }

  String challenge(String token) {
    Asking asking = settled(begin(token));
    return asking.decided instanceof Decision.Fail fail ? policy.challenge(fail.failure()) : "none";
  }

  Jwt config() {
    return (Jwt) Objects.requireNonNull(config.policies().get("idp")).policy().config();
  }

  JwtPolicy policy() {
    return policy;
  }

  /** A request that has been begun. */
  static final class Asking {
    final Exchange exchange;
    final Decision first;
    private Decision decided;

    Asking(Exchange exchange, Decision decision) {
      this.exchange = exchange;
      this.first = decision;
      this.decided = decision;
      if (decision instanceof Decision.Await await) {
        await.then(later -> decided = later);
      }
    }

    Decision decided() {
      return decided;
    }

    String outcome() {
      return switch (decided) {
        case Decision.Continue _ -> exchange.identity() == null ? "nothing" : "vouched";
        case Decision.Fail fail -> {
          assertThat(fail.failure().status())
              .isEqualTo(
                  switch (fail.failure().reason()) {
                    case "jwt.keys_unavailable", "jwt.proofs_full", "overload.crypto" -> 503;
                    default -> 401;
                  });
          yield fail.failure().reason();
        }
        case Decision.Respond _, Decision.TakeBody _ -> "answered";
        case Decision.Await _, Decision.AwaitBody _ -> "waiting";
      };
    }
  }
}
