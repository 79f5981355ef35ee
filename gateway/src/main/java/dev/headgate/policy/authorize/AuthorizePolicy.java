package dev.headgate.policy.authorize;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Claims;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.expression.Expression;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Asks the rules in the order of their keys, the cheap ones first; the expression comes last. */
@LoopConfined
final class AuthorizePolicy implements Policy {
  private final Authorize rules;
  private final @Nullable Expression when;
  private final Loop loop;
  private final boolean needsIdentity;

  AuthorizePolicy(Authorize rules, @Nullable Expression when, Loop loop) {
    this.rules = rules;
    this.when = when;
    this.loop = loop;
    this.needsIdentity =
        !rules.scopes().isEmpty()
            || !rules.groups().isEmpty()
            || !rules.consumers().isEmpty()
            || !rules.claims().isEmpty();
  }

  @Override
  public Decision onRequest(Exchange exchange) {
    if (!rules.methods().isEmpty() && !rules.methods().contains(exchange.method())) {
      return denied("authorize.method", "the method is not among 'methods'");
    }
    Identity identity = exchange.identity();
    if (needsIdentity) {
      Decision refusal = identity == null ? unknown() : byIdentity(identity);
      if (refusal != null) {
        return refusal;
      }
    }
    return when == null ? Decision.CONTINUE : byExpression(when, exchange);
  }

  private static Decision unknown() {
    return Decision.fail(
        Failure.client(
            Stage.AUTHORIZE, 401, "authorize.unknown", "nobody has said who is calling"));
  }

  private @Nullable Decision byIdentity(Identity identity) {
    if (!identity.scopes().containsAll(rules.scopes())) {
      return denied("authorize.scope", "the caller has not all of 'scopes'");
    }
    if (!rules.groups().isEmpty()
        && identity.groups().stream().noneMatch(rules.groups()::contains)) {
      return denied("authorize.group", "the caller is in none of 'groups'");
    }
    if (!rules.consumers().isEmpty()
        && (identity.consumer() == null
            || !rules.consumers().contains(identity.consumer().name()))) {
      return denied("authorize.consumer", "the caller is none of 'consumers'");
    }
    for (Map.Entry<String, String> claim : rules.claims().entrySet()) {
      if (!Claims.says(identity.claims().get(claim.getKey()), claim.getValue())) {
        return denied("authorize.claim", "the claim '" + claim.getKey() + "' is another");
      }
    }
    return null;
  }

  private Decision byExpression(Expression condition, Exchange exchange) {
    try {
      if (condition.test(exchange, loop)) {
        exchange.note(Stage.AUTHORIZE, "true: " + condition.source());
        return Decision.CONTINUE;
      }
      return denied("authorize.when", "not true: " + condition.source());
    } catch (Expression.Undecided e) {
      return denied(
          "authorize.undecided",
          "cannot be evaluated (" + e.getMessage() + "): " + condition.source());
    }
  }

  private static Decision denied(String reason, String detail) {
    return Decision.fail(Failure.client(Stage.AUTHORIZE, 403, reason, detail));
  }
}
