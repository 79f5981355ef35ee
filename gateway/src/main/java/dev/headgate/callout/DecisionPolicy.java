package dev.headgate.callout;

import dev.headgate.callout.Answers.Outcome;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.http.Headers;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Has somebody else decide whether a request may go on, and carries out what it says. */
@LoopConfined
public final class DecisionPolicy implements Policy {
  private static final int LOWEST_REFUSAL = 400;
  private static final int FORBIDDEN = 403;

  private final DecisionPoint point;
  private final Settings settings;
  private final Loop loop;
  private final Answers<Verdict> answers;
  private final @Nullable DecisionKey key;

  /**
   * What the user says.
   *
   * @param name the policy's
   * @param kind the first word of the reasons
   * @param cache null to ask about every request
   */
  public record Settings(
      String name,
      String kind,
      OnFailure onFailure,
      int failureStatus,
      @Nullable DecisionCache cache,
      Breaking breaker) {}

  public DecisionPolicy(DecisionPoint point, Settings settings, Loop loop) {
    this.point = point;
    this.settings = settings;
    this.loop = loop;
    DecisionCache cache = settings.cache();
    this.key = cache == null ? null : new DecisionKey(cache.key());
    this.answers =
        new Answers<>(settings.name(), cache == null ? 0 : cache.most(), settings.breaker(), loop);
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    if (key == null) {
      Callout question = question(exchange);
      return answers.ask(then -> ask(question, then), outcome -> decide(outcome, exchange));
    }
    byte[] hash = key.of(exchange);
    Verdict known = answers.fresh(hash);
    if (known != null) {
      return decide(known, exchange);
    }
    Callout question = question(exchange);
    return answers.ask(hash, then -> ask(question, then), outcome -> decide(outcome, exchange));
  }

  private Callout question(Exchange exchange) {
    Callout question = point.question(exchange);
    if (exchange.explained()) {
      exchange.note(Stage.AUTHORIZE, settings.name() + " asks " + point.shown(exchange, question));
    }
    return question;
  }

  private void ask(Callout question, Consumer<Reply<Verdict>> then) {
    loop.callouts()
        .send(
            question,
            answer ->
                then.accept(
                    switch (answer) {
                      case Answer.Failed(String why) -> new Reply.Failed<>(why);
                      case Answer.Answered answered -> point.verdict(answered);
                    }));
  }

  private Decision decide(Outcome<Verdict> outcome, Exchange exchange) {
    return switch (outcome) {
      case Outcome.Told<Verdict>(Verdict verdict) -> decide(verdict, exchange);
      case Outcome.Unavailable<Verdict>(String why, var _) -> {
        String reason = settings.kind() + ".unavailable";
        Failure failure =
            Failure.gateway(
                Stage.AUTHORIZE, settings.failureStatus(), reason, "nobody decides: " + why);
        yield switch (settings.onFailure()) {
          case DENY -> Decision.fail(failure);
          case ALLOW -> {
            exchange.wouldDeny(settings.name(), reason);
            exchange.note(Stage.AUTHORIZE, settings.name() + ": " + failure.detail());
            yield Decision.CONTINUE;
          }
        };
      }
    };
  }

  private Decision decide(Verdict verdict, Exchange exchange) {
    return switch (verdict) {
      case Verdict.Allowed allowed -> {
        if (allowed != Verdict.Allowed.AS_IT_IS) {
          exchange.state(this, allowed);
        }
        yield Decision.CONTINUE;
      }
      case Verdict.Refused refused -> {
        int status = refused.status() < LOWEST_REFUSAL ? FORBIDDEN : refused.status();
        Failure failure =
            Failure.client(
                Stage.AUTHORIZE,
                status,
                settings.kind() + "." + refused.reason(),
                refused.detail());
        byte[] body = refused.body();
        yield body == null
            ? Decision.fail(failure)
            : new Decision.Fail(
                failure, new Decision.OwnAnswer(refused.status(), refused.headers(), body));
      }
    };
  }

  @Override
  public void forward(Exchange exchange) {
    if (exchange.state(this) instanceof Verdict.Allowed allowed) {
      apply(allowed.upstream(), exchange.requestHeaders());
    }
  }

  @Override
  public void onResponse(Exchange exchange) {
    if (exchange.state(this) instanceof Verdict.Allowed allowed) {
      apply(allowed.client(), exchange.responseHeaders());
    }
  }

  private static void apply(List<Verdict.Change> changes, Headers headers) {
    for (int i = 0; i < changes.size(); i++) {
      changes.get(i).apply(headers);
    }
  }
}
