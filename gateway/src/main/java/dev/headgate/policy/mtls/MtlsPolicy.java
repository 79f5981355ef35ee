package dev.headgate.policy.mtls;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/** Vouches for callers whose connection has a certificate. */
@LoopConfined
final class MtlsPolicy implements AuthenticationPolicy {
  private final Owners owners;
  private final IdentityHeaders identityHeaders;
  private final Loop loop;

  /** Who has which certificate, as long as its connection lives: found out once for each. */
  private final Map<ClientCertificate, Identity> known = new WeakHashMap<>();

  MtlsPolicy(Owners owners, IdentityHeaders identityHeaders, Loop loop) {
    this.owners = owners;
    this.identityHeaders = identityHeaders;
    this.loop = loop;
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    ClientCertificate certificate = exchange.client().certificate();
    if (certificate == null) {
      return Decision.CONTINUE;
    }
    if (loop.wallMillis() >= certificate.notAfter()) {
      // It was valid when the connection began, which may be long ago.
      return refused("mtls.expired", "the certificate of the connection has expired meanwhile");
    }
    Identity identity = known.get(certificate);
    if (identity == null) {
      identity = owners.identity(certificate);
      if (identity == null) {
        return refused(
            "mtls.unknown",
            "no consumer has the certificate "
                + certificate.fingerprint()
                + ", "
                + certificate.subject());
      }
      known.put(certificate, identity);
    }
    exchange.identity(identity);
    return Decision.CONTINUE;
  }

  private static Decision refused(String reason, String detail) {
    return Decision.fail(Failure.client(Stage.AUTHENTICATE, 401, reason, detail));
  }

  @Override
  public String missing() {
    return "mtls.missing";
  }

  /** No scheme is registered for what happens below HTTP, and a 401 needs one. */
  @Override
  public String challenge(@Nullable Failure failure) {
    return "ClientCertificate";
  }

  @Override
  public void forward(Exchange exchange) {
    identityHeaders.write(exchange);
  }
}
