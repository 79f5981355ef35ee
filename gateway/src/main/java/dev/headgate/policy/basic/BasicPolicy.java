package dev.headgate.policy.basic;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.secret.ProvenSecrets;
import org.jspecify.annotations.Nullable;

/** Vouches for callers that show a user's name and password. */
@LoopConfined
final class BasicPolicy implements AuthenticationPolicy {
  /** The longest credential, in bytes of base64: 760 of name and password. */
  private static final int LONGEST = 1024;

  private final Basic config;
  private final Users users;
  private final IdentityHeaders identityHeaders;
  private final ProvenSecrets proven;
  private final Loop loop;
  private final String challenge;
  private final CredentialPlace place = CredentialPlace.authorization("Basic", LONGEST);

  BasicPolicy(
      Basic config, Users users, IdentityHeaders identityHeaders, ProvenSecrets proven, Loop loop) {
    this.config = config;
    this.users = users;
    this.identityHeaders = identityHeaders;
    this.proven = proven;
    this.loop = loop;
    this.challenge = "Basic realm=\"" + config.realm() + "\", charset=\"UTF-8\"";
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    int length = place.read(exchange);
    if (length == CredentialPlace.NONE) {
      return Decision.CONTINUE;
    }
    BasicLogin login =
        length == CredentialPlace.WRONG
            ? null
            : BasicLogin.read(place.bytes(), place.from(), length);
    if (login == null) {
      return invalid("no name and password in base64, or several");
    }
    Users.User user = users.of(login.user());
    return proven.prove(
        user.hash(), login.password(), config.remember(), new Login(exchange, login.user(), user));
  }

  /** A request that waits to hear whether its password is right. */
  private final class Login implements ProvenSecrets.Asking {
    private final Exchange exchange;
    private final String name;
    private final Users.User user;

    Login(Exchange exchange, String name, Users.User user) {
      this.exchange = exchange;
      this.name = name;
      this.user = user;
    }

    @Override
    public @Nullable Failure refusal() {
      return exchange.guessLimit().refusal(exchange, users.policy(), name, loop);
    }

    @Override
    public Decision decided(ProvenSecrets.Verdict verdict) {
      if (verdict == ProvenSecrets.Verdict.BUSY) {
        return Decision.fail(
            Failure.gateway(
                Stage.AUTHENTICATE, 503, "basic.busy", "too many passwords to check at once"));
      }
      if (verdict == ProvenSecrets.Verdict.PROVEN && user.identity() != null) {
        exchange.identity(user.identity());
        return Decision.CONTINUE;
      }
      if (verdict != ProvenSecrets.Verdict.KNOWN_WRONG) {
        exchange.guessLimit().failed(users.policy(), name, loop);
      }
      return invalid(user.identity() == null ? "no such user" : "not this user's password");
    }
  }

  private static Decision invalid(String detail) {
    return Decision.fail(Failure.client(Stage.AUTHENTICATE, 401, "basic.invalid", detail));
  }

  @Override
  public String missing() {
    return "basic.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    return challenge;
  }

  @Override
  public void forward(Exchange exchange) {
    if (!config.keepCredential()) {
      place.remove(exchange);
    }
    identityHeaders.write(exchange);
  }
}
