package dev.headgate.policy.jwt;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.HeaderName;
import dev.headgate.jose.Binding;
import dev.headgate.jose.Refusal;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Whether it is a token's own caller who shows it: asked with every request, whether the token is
 * known or new, for it is the request that proves it.
 */
@LoopConfined
final class Possession {
  private static final HeaderName DPOP = HeaderName.of("dpop");
  private static final HeaderName DPOP_NONCE = HeaderName.of("dpop-nonce");
  private static final int LONGEST_PROOF = 8 * 1024;

  private final Jwt.Bound bound;
  private final ProofRules rules;
  private final Loop loop;
  private final CredentialPlace proof = CredentialPlace.header(DPOP.text(), LONGEST_PROOF);

  Possession(Jwt.Bound bound, ProofRules rules, Loop loop) {
    this.bound = bound;
    this.rules = rules;
    this.loop = loop;
  }

  /**
   * Vouches for the caller if the token, which is verified, is its own.
   *
   * @param scheme the authentication scheme that it was shown with
   * @param hash its SHA-256
   * @param owner keeps the nonce that the answer will tell
   */
  Decision vouch(
      JwtPolicy.Token token, Scheme scheme, byte[] hash, Exchange exchange, Policy owner) {
    Binding binding = token.binding();
    Failure failure = unbound(binding);
    if (failure == null) {
      failure = certificate(binding, exchange.client().certificate());
    }
    if (failure == null) {
      failure = scheme(binding, scheme);
    }
    if (failure != null) {
      return Decision.fail(failure);
    }
    if (binding.key() != null) {
      return prove(binding.key(), token.identity(), hash, exchange, owner);
    }
    exchange.identity(token.identity());
    return Decision.CONTINUE;
  }

  private @Nullable Failure unbound(Binding binding) {
    boolean good =
        switch (bound) {
          case OPTIONAL -> true;
          case CERTIFICATE -> binding.certificate() != null;
          case DPOP -> binding.key() != null;
          case EITHER -> binding.certificate() != null || binding.key() != null;
        };
    return good
        ? null
        : Refusal.BINDING.failure(JwtPolicy.KIND, "it is not bound as 'bound' demands");
  }

  private static @Nullable Failure certificate(
      Binding binding, @Nullable ClientCertificate certificate) {
    if (binding.certificate() == null) {
      return null;
    }
    if (certificate == null) {
      return Refusal.CERTIFICATE.failure(
          JwtPolicy.KIND, "it is bound to a certificate, and the client showed none");
    }
    return certificate.thumbprint().equals(binding.certificate())
        ? null
        : Refusal.CERTIFICATE.failure(
            JwtPolicy.KIND, "it is bound to another certificate than the client's");
  }

  /** Neither scheme may be used for the other's tokens (RFC 9449 sections 7.1 and 7.2). */
  private static @Nullable Failure scheme(Binding binding, Scheme scheme) {
    if (binding.key() == null && scheme == Scheme.DPOP) {
      return Refusal.PROOF_UNBOUND.failure(
          JwtPolicy.KIND, "it is bound to no key, so no proof can be for it");
    }
    return binding.key() != null && scheme == Scheme.BEARER
        ? Refusal.PROOF_MISSING.failure(
            JwtPolicy.KIND, "it is bound to a key, and came as a bearer token")
        : null;
  }

  private Decision prove(
      String key, Identity identity, byte[] hash, Exchange exchange, Policy owner) {
    int length = proof.read(exchange);
    if (length == CredentialPlace.NONE) {
      return Decision.fail(
          Refusal.PROOF_MISSING.failure(JwtPolicy.KIND, "it is bound to a key, without a proof"));
    }
    if (length == CredentialPlace.WRONG) {
      return Decision.fail(
          Refusal.PROOF.failure(
              JwtPolicy.KIND, "several proofs, or more than " + LONGEST_PROOF + " bytes"));
    }
    byte[] bytes = Arrays.copyOfRange(proof.bytes(), proof.from(), proof.from() + length);
    String target = exchange.target();
    int question = target.indexOf('?');
    String path = question < 0 ? target : target.substring(0, question);
    ProofRules.Wanted wanted =
        new ProofRules.Wanted(
            exchange.method(),
            exchange.scheme() + "://" + exchange.authority() + path,
            Base64.getUrlEncoder().withoutPadding().encodeToString(hash),
            key,
            loop.wallMillis(),
            loop.nanos());
    Decision.Await await = new Decision.Await();
    boolean accepted =
        loop.offload()
            .run(
                () -> new Checked(rules.check(bytes, wanted), nonce(wanted.wallMillis())),
                (checked, thrown) -> {
                  Decision decision = decided(checked, thrown, exchange, owner);
                  if (decision instanceof Decision.Continue && !await.cancelled()) {
                    exchange.identity(identity);
                  }
                  await.complete(decision);
                });
    return accepted
        ? await
        : Decision.fail(
            Failure.gateway(
                Stage.AUTHENTICATE, 503, "overload.crypto", "too many proofs to verify at once"));
  }

  /**
   * @param nonce what the next proof shall contain; null if nothing
   */
  private record Checked(@Nullable Failure failure, @Nullable String nonce) {}

  private @Nullable String nonce(long wallMillis) {
    Nonces nonces = rules.nonces();
    return nonces == null ? null : nonces.current(wallMillis);
  }

  private static Decision decided(
      @Nullable Checked checked, @Nullable Exception thrown, Exchange exchange, Policy owner) {
    if (checked == null) {
      return Decision.fail(
          Failure.gateway(
              Stage.AUTHENTICATE, 500, "policy.failed", "cannot verify a proof: " + thrown));
    }
    if (checked.nonce() != null) {
      exchange.state(owner, checked.nonce());
    }
    return checked.failure() == null ? Decision.CONTINUE : Decision.fail(checked.failure());
  }

  /** Tells the caller the nonce for its next proof (RFC 9449 section 8.2). */
  static void respond(Exchange exchange, Policy owner) {
    if (exchange.state(owner) instanceof String nonce) {
      exchange.responseHeaders().set(DPOP_NONCE, nonce);
    }
  }

  /** Takes the proof out of the request: it is for the gateway. */
  static void remove(Exchange exchange) {
    exchange.requestHeaders().remove(DPOP);
  }

  /** How a token is shown. */
  enum Scheme {
    BEARER,
    DPOP,
    /** In a place of the user's choice. */
    NONE
  }
}
