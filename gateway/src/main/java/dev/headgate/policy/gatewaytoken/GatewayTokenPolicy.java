package dev.headgate.policy.gatewaytoken;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.jose.TokenSigner;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Puts a token into requests. Signing takes longer than a loop may, so it is done elsewhere, once
 * for each caller and audience, and what was signed serves for half of its life.
 */
@LoopConfined
final class GatewayTokenPolicy implements Policy {
  private final HeaderName header;
  private final List<String> audience;
  private final long reuseMillis;
  private final TokenClaims claims;
  private final TokenSigner signer;
  private final Loop loop;
  private final Map<Bearer, Token> tokens;

  /**
   * Whom a token is about and for. Identities are compared as objects: whoever vouches makes one
   * for a credential, not for a request.
   */
  private record Bearer(@Nullable Identity identity, String route) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bearer that && that.identity == identity && that.route.equals(route);
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(identity) * 31 + route.hashCode();
    }
  }

  private record Waiter(Exchange exchange, Decision.Await await) {}

  /** A token, or one that is being signed, with the requests that wait for it. */
  private static final class Token {
    private @Nullable String text;
    private long usableUntil;
    private final List<Waiter> waiters = new ArrayList<>();
  }

  GatewayTokenPolicy(GatewayToken config, TokenClaims claims, TokenSigner signer, Loop loop) {
    this.header = HeaderName.of(config.header());
    this.audience = config.audience();
    this.reuseMillis = config.lifetime().toMillis() / 2;
    this.claims = claims;
    this.signer = signer;
    this.loop = loop;
    int most = config.remember();
    this.tokens =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Bearer, Token> eldest) {
            return size() > most;
          }
        };
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    String route = audience.isEmpty() ? Objects.requireNonNull(exchange.route()) : "";
    Bearer bearer = new Bearer(exchange.identity(), route);
    Token token = tokens.get(bearer);
    if (token != null && token.text != null && loop.wallMillis() < token.usableUntil) {
      exchange.state(this, token.text);
      return Decision.CONTINUE;
    }
    if (token == null || token.text != null) {
      token = new Token();
      if (!sign(bearer, token)) {
        return Decision.fail(
            Failure.gateway(
                Stage.TRANSFORM, 503, "overload.crypto", "too many tokens to sign at once"));
      }
      tokens.put(bearer, token);
    }
    Decision.Await await = new Decision.Await();
    token.waiters.add(new Waiter(exchange, await));
    return await;
  }

  private boolean sign(Bearer bearer, Token token) {
    long now = loop.wallMillis();
    List<String> forWhom = audience.isEmpty() ? List.of(bearer.route()) : audience;
    return loop.offload()
        .run(
            () -> signer.sign(claims.of(bearer.identity(), forWhom, now)),
            (text, failure) -> {
              if (text == null) {
                tokens.remove(bearer, token);
              }
              token.text = text;
              token.usableUntil = now + reuseMillis;
              tell(token, text, failure);
            });
  }

  private void tell(Token token, @Nullable String text, @Nullable Exception failure) {
    for (Waiter waiter : token.waiters) {
      if (text != null) {
        waiter.exchange().state(this, text);
      }
      waiter
          .await()
          .complete(
              text != null
                  ? Decision.CONTINUE
                  : Decision.fail(
                      Failure.gateway(
                          Stage.TRANSFORM, 500, "policy.failed", "cannot sign: " + failure)));
    }
    token.waiters.clear();
  }

  @Override
  public void forward(Exchange exchange) {
    Object token = exchange.state(this);
    if (token instanceof String text) {
      // Whoever asks for an explanation gets no token to use.
      exchange.requestHeaders().set(header, exchange.explained() ? "***" : text);
    }
  }
}
