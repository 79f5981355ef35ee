package dev.headgate.policy.introspection;

import dev.headgate.callout.Answers;
import dev.headgate.callout.Answers.Outcome;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.exchange.ClientCertificate;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.CredentialPlace;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.IdentityHeaders;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stage;
import dev.headgate.jose.Binding;
import dev.headgate.jose.LoopKeys;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.Refusal;
import dev.headgate.jose.RefusedToken;
import dev.headgate.jose.StrictJson;
import dev.headgate.jose.TokenPlace;
import dev.headgate.jwe.DecryptionKeys;
import dev.headgate.policy.introspection.Meaning.Token;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Vouches for callers whose token the server says is active. What it said a short time ago costs a
 * hash and a look-up; else it is asked, once for all requests that show the token meanwhile.
 */
@LoopConfined
final class IntrospectionPolicy implements AuthenticationPolicy {
  static final String KIND = "introspection";

  private static final int OK = 200;

  private final Prepared prepared;
  private final CredentialPlace place;
  private final @Nullable SignedAnswers signed;
  private final Loop loop;
  private final Answers<Token> answers;
  private final CredentialHash hashes = CredentialHash.keyed();

  /** What the instances of all loops share. */
  record Prepared(
      String name,
      Introspection config,
      Server server,
      Meaning meaning,
      @Nullable DecryptionKeys decryption,
      IdentityHeaders identityHeaders) {}

  /**
   * @param keys that answers are signed with; null if they are not
   */
  IntrospectionPolicy(Prepared prepared, @Nullable LoopKeys keys, Loop loop) {
    this.prepared = prepared;
    this.place = prepared.config().from().place();
    Introspection config = prepared.config();
    Introspection.Signed how = config.signed();
    this.signed =
        keys == null || how == null
            ? null
            : new SignedAnswers(config, how, keys, prepared.decryption(), loop);
    this.loop = loop;
    this.answers = new Answers<>(prepared.name(), config.cache().most(), config.breaker(), loop);
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    int length = place.read(exchange);
    if (length == CredentialPlace.NONE) {
      return Decision.CONTINUE;
    }
    if (length == CredentialPlace.WRONG) {
      return Decision.fail(
          Refusal.MALFORMED.failure(
              KIND, "several tokens, none, or more than " + TokenPlace.LONGEST + " bytes"));
    }
    byte[] hash = hashes.of(place, length);
    Token known = answers.fresh(hash);
    if (known != null) {
      return decide(known, exchange);
    }
    if (!(answers.before(hash) instanceof Token.Active)) {
      Failure slowed = exchange.guessLimit().refusal(exchange, loop);
      if (slowed != null) {
        return Decision.fail(slowed);
      }
    }
    byte[] token = Arrays.copyOfRange(place.bytes(), place.from(), place.from() + length);
    if (exchange.explained()) {
      exchange.note(
          Stage.AUTHENTICATE,
          prepared.name() + " asks POST " + prepared.config().endpoint() + " about token=***");
    }
    return answers.ask(hash, then -> ask(token, then), outcome -> decide(outcome, exchange));
  }

  private Decision decide(Outcome<Token> outcome, Exchange exchange) {
    return switch (outcome) {
      case Outcome.Told<Token>(Token token) -> decide(token, exchange);
      case Outcome.Unavailable<Token>(String why, Token last) -> {
        if (last != null) {
          exchange.note(
              Stage.AUTHENTICATE, prepared.name() + " takes the server's last word: " + why);
          yield decide(last, exchange);
        }
        yield Decision.fail(
            Failure.gateway(
                Stage.AUTHENTICATE, 503, "introspection.unavailable", "the server: " + why));
      }
    };
  }

  private Decision decide(Token token, Exchange exchange) {
    return switch (token) {
      case Token.Refused(Failure failure) -> Decision.fail(failure);
      case Token.Active(var identity, var validity, var binding) -> {
        try {
          validity.check(loop.wallMillis());
          check(binding, exchange.client().certificate());
          exchange.identity(identity);
          yield Decision.CONTINUE;
        } catch (RefusedToken e) {
          yield Decision.fail(e.failure(KIND));
        }
      }
    };
  }

  /** A token that is bound to a client certificate is good only with it (RFC 8705 section 3.2). */
  private static void check(Binding binding, @Nullable ClientCertificate shown)
      throws RefusedToken {
    if (binding.key() != null) {
      throw new RefusedToken(
          Refusal.BINDING, "it is bound to a key, and no proof of that can be checked here");
    }
    String wanted = binding.certificate();
    if (wanted != null && (shown == null || !shown.thumbprint().equals(wanted))) {
      throw new RefusedToken(
          Refusal.CERTIFICATE, "it is bound to a certificate that the client did not show");
    }
  }

  private void ask(byte[] token, Consumer<Reply<Token>> then) {
    loop.callouts()
        .send(
            prepared.server().question(token),
            answer -> {
              switch (answer) {
                case Answer.Failed(String why) -> then.accept(new Reply.Failed<>(why));
                case Answer.Answered answered when answered.status() != OK ->
                    then.accept(new Reply.Failed<>("an answer with status " + answered.status()));
                case Answer.Answered answered when signed != null ->
                    signed.open(
                        answered,
                        (inside, why) ->
                            then.accept(
                                inside == null
                                    ? new Reply.Failed<>(why)
                                    : prepared.meaning().of(inside, loop.wallMillis())));
                case Answer.Answered answered -> then.accept(plain(answered.body()));
              }
            });
  }

  private Reply<Token> plain(byte[] body) {
    try {
      return prepared.meaning().of(StrictJson.object(body), loop.wallMillis());
    } catch (Malformed e) {
      return new Reply.Failed<>("an answer that cannot be read: " + e.getMessage());
    }
  }

  @Override
  public String missing() {
    return "introspection.missing";
  }

  @Override
  public String challenge(@Nullable Failure failure) {
    String about = failure == null ? null : Refusal.challenge(KIND, failure);
    return about == null ? Refusal.BEARER : about;
  }

  @Override
  public void forward(Exchange exchange) {
    if (!prepared.config().keepCredential()) {
      place.remove(exchange);
    }
    prepared.identityHeaders().write(exchange);
  }

  @Override
  public void close() {
    if (signed != null) {
      signed.close();
    }
  }
}
