package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Mode;
import dev.headgate.exchange.AuthenticationPolicy;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.GuessLimit;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.LoopPolicies;
import dev.headgate.exchange.Policy;
import dev.headgate.exchange.Stage;
import dev.headgate.expression.Expression;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.snapshot.CompiledPolicy;
import dev.headgate.snapshot.PolicyChain;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the policies of a route say about one request, asked in order, and what that means: which
 * refusals count ({@code mode}), who of several may vouch for the caller, and what happens to a
 * policy that breaks its contract. A policy that throws refuses the request: it fails safe.
 */
@LoopConfined
final class AskedPolicies {
  private static final Logger LOG = LoggerFactory.getLogger(AskedPolicies.class);

  private static final int UNAUTHORIZED = 401;

  private final PolicyChain chain;
  private final Exchange exchange;
  private final LoopPolicies policies;

  /** The policy in hand. */
  private int position;

  /** The policies that were asked, a bit for each position. */
  private long asked;

  /** Of policies that could vouch for the caller, the failure that counts; and whose it is. */
  private @Nullable Failure unproven;

  private @Nullable CompiledPolicy unprovenBy;

  /** Whether the policy in hand took the body, so that it has the last word. */
  private boolean bodyTaken;

  AskedPolicies(PolicyChain chain, Exchange exchange, LoopPolicies policies) {
    this.chain = chain;
    this.exchange = exchange;
    this.policies = policies;
  }

  /** What it means if the policy in hand does not decide in time. */
  Failure overdue() {
    CompiledPolicy policy = chain.at(position);
    return Failure.gateway(
        policy.stage(), 503, "policy.timeout", policy.name() + " did not decide in time");
  }

  /** Asks one policy after the other, up to the first that does not let the request go on. */
  Decision proceed() {
    while (position < chain.size()) {
      CompiledPolicy policy = chain.at(position);
      Decision settled =
          settled(policy, isDue(policy) ? meaning(policy, ask(policy)) : Decision.CONTINUE);
      if (!(settled instanceof Decision.Continue)) {
        return settled;
      }
    }
    return Decision.CONTINUE;
  }

  /** Goes on with what the policy in hand has decided after all. */
  Decision resume(Decision decided) {
    CompiledPolicy policy = chain.at(position);
    if (bodyTaken) {
      return last(policy, decided);
    }
    Decision settled = settled(policy, meaning(policy, decided));
    return settled instanceof Decision.Continue ? proceed() : settled;
  }

  /** Gives the body to the policy in hand, which has the last word. */
  Decision taken(Decision.TakeBody take, byte[] body) {
    bodyTaken = true;
    CompiledPolicy policy = chain.at(position);
    try {
      return last(policy, take.taker().taken(body));
    } catch (RuntimeException e) {
      return broken(policy, e);
    }
  }

  private static Decision last(CompiledPolicy policy, Decision verdict) {
    return switch (verdict) {
      case Decision.Respond _, Decision.Fail _, Decision.Await _ -> verdict;
      case Decision.Continue _, Decision.TakeBody _, Decision.AwaitBody _ ->
          broken(policy, new IllegalStateException("it took the body and does not answer"));
    };
  }

  /** Steps on if the policy in hand lets the request go on. */
  private Decision settled(CompiledPolicy policy, Decision verdict) {
    return verdict instanceof Decision.Continue ? next(policy) : verdict;
  }

  /**
   * Whether a policy is to be asked: not once somebody vouched, and only if its conditions hold.
   */
  private boolean isDue(CompiledPolicy policy) {
    if (policy.authenticates() && exchange.identity() != null) {
      return false;
    }
    for (Expression condition : policy.conditions()) {
      try {
        if (!condition.test(exchange, policies.loop())) {
          exchange.note(policy.stage(), policy.name() + " is not asked: " + condition.source());
          return false;
        }
      } catch (Expression.Undecided e) {
        // Rather one policy too many than one too few.
        exchange.note(
            policy.stage(),
            policy.name() + " is asked: " + condition.source() + " cannot be evaluated");
      }
    }
    return true;
  }

  private Decision ask(CompiledPolicy policy) {
    asked |= 1L << position;
    try {
      return policies.of(policy.factory()).onRequest(exchange);
    } catch (RuntimeException e) {
      return broken(policy, e);
    }
  }

  private static Decision broken(CompiledPolicy policy, RuntimeException e) {
    LOG.error("policy {} failed", policy.name(), e);
    return Decision.fail(
        Failure.gateway(policy.stage(), 500, "policy.failed", policy.name() + " failed: " + e));
  }

  /** What a verdict means for the request. */
  private Decision meaning(CompiledPolicy policy, Decision verdict) {
    return switch (verdict) {
      case Decision.Continue _ -> {
        if (exchange.explained()) {
          explain(policy);
        }
        yield verdict;
      }
      case Decision.Await await -> {
        Decision.Await.Pause pause = await.pause();
        yield pause == null || policy.mode() == Mode.ENFORCE
            ? verdict
            : notHeld(policy, await, pause);
      }
      case Decision.AwaitBody _ -> verdict;
      case Decision.Fail fail when policy.authenticates() -> {
        remember(policy, fail.failure());
        yield Decision.CONTINUE;
      }
      case Decision.Fail fail -> {
        if (policy.mode() == Mode.ENFORCE) {
          yield verdict;
        }
        report(policy, fail.failure());
        yield Decision.CONTINUE;
      }
      case Decision.TakeBody _ when policy.mode() == Mode.ENFORCE -> {
        exchange.note(policy.stage(), policy.name() + " takes the body and answers");
        yield verdict;
      }
      case Decision.Respond _, Decision.TakeBody _ ->
          policy.mode() == Mode.ENFORCE ? verdict : Decision.CONTINUE;
    };
  }

  /** Nothing is held back in report mode. */
  private Decision notHeld(
      CompiledPolicy policy, Decision.Await await, Decision.Await.Pause pause) {
    await.cancel();
    exchange.wouldDeny(policy.name(), pause.reason());
    exchange.note(policy.stage(), policy.name() + " would hold it back: " + pause.reason());
    return meaning(policy, pause.then());
  }

  private void explain(CompiledPolicy policy) {
    Identity identity = exchange.identity();
    if (!policy.authenticates()) {
      exchange.note(policy.stage(), policy.name() + " lets it go on");
    } else if (identity == null) {
      exchange.note(policy.stage(), policy.name() + " finds no credential of its kind");
    } else {
      String consumer = identity.consumer() == null ? "no consumer" : identity.consumer().name();
      exchange.note(
          policy.stage(), policy.name() + " vouches for " + identity.subject() + ", " + consumer);
      exchange.note(
          policy.stage(), "scopes " + identity.scopes() + ", groups " + identity.groups());
    }
  }

  private void report(CompiledPolicy policy, Failure failure) {
    exchange.wouldDeny(policy.name(), failure.reason());
    exchange.note(
        policy.stage(),
        policy.name() + " would refuse: " + failure.reason() + ", " + failure.detail());
  }

  /**
   * What it means that a policy refuses the body; null if the request goes on. A policy that stands
   * on the route twice refuses if it does so once.
   */
  @Nullable Failure refused(Policy owner, Failure failure) {
    CompiledPolicy reporting = null;
    for (int i = 0; i < chain.size(); i++) {
      if ((asked & (1L << i)) != 0 && instance(i) == owner) {
        if (chain.at(i).mode() == Mode.ENFORCE) {
          return failure;
        }
        reporting = chain.at(i);
      }
    }
    if (reporting == null) {
      return failure;
    }
    report(reporting, failure);
    return null;
  }

  private void remember(CompiledPolicy policy, Failure failure) {
    exchange.note(
        policy.stage(),
        policy.name() + " does not vouch: " + failure.reason() + ", " + failure.detail());
    Failure before = unproven;
    boolean graver =
        before != null
            && failure.status() >= GuessLimit.TOO_MANY_REQUESTS
            && failure.status() > before.status();
    if (before == null || graver) {
      unproven = failure;
      unprovenBy = policy;
    }
  }

  /** Steps on; behind the last policy that could vouch, somebody must have. */
  private Decision next(CompiledPolicy policy) {
    position++;
    boolean last =
        policy.authenticates() && (position == chain.size() || !chain.at(position).authenticates());
    if (!last || exchange.identity() != null) {
      return Decision.CONTINUE;
    }
    CompiledPolicy by = unprovenBy != null ? unprovenBy : first();
    Failure failure = unproven != null ? counted(unproven) : missing(by);
    unproven = failure;
    if (someEnforced()) {
      if (failure.status() == GuessLimit.TOO_MANY_REQUESTS) {
        exchange
            .responseHeaders()
            .set(HeaderName.RETRY_AFTER, Long.toString(exchange.guessLimit().retryAfterSeconds()));
      }
      Decision invitation = failure.status() == UNAUTHORIZED ? invitation() : null;
      return invitation != null ? invitation : Decision.fail(failure);
    }
    report(by, failure);
    return Decision.CONTINUE;
  }

  /** Counts a credential that did not hold, and says what it means if that is one too many. */
  private Failure counted(Failure failure) {
    if (failure.status() != UNAUTHORIZED || failure.source() != Failure.Source.CLIENT) {
      return failure;
    }
    GuessLimit limit = exchange.guessLimit();
    Failure slowed = limit.refusal(exchange, policies.loop());
    limit.failed(exchange, policies.loop());
    return slowed != null ? slowed : failure;
  }

  /** How a caller for whom nobody vouched can become somebody; null if it cannot. */
  private @Nullable Decision invitation() {
    for (int i = 0; i < chain.size(); i++) {
      CompiledPolicy policy = chain.at(i);
      if ((asked & (1L << i)) != 0
          && policy.mode() == Mode.ENFORCE
          && instance(i) instanceof AuthenticationPolicy authentication) {
        try {
          Decision invitation = authentication.invitation(exchange);
          if (invitation != null) {
            return invitation;
          }
        } catch (RuntimeException e) {
          return broken(policy, e);
        }
      }
    }
    return null;
  }

  private CompiledPolicy first() {
    for (int i = 0; i < chain.size(); i++) {
      if (chain.at(i).authenticates()) {
        return chain.at(i);
      }
    }
    throw new IllegalStateException("nobody authenticates");
  }

  private boolean someEnforced() {
    for (int i = 0; i < chain.size(); i++) {
      if (chain.at(i).authenticates() && chain.at(i).mode() == Mode.ENFORCE) {
        return true;
      }
    }
    return false;
  }

  private Failure missing(CompiledPolicy policy) {
    AuthenticationPolicy instance = (AuthenticationPolicy) policies.of(policy.factory());
    return Failure.client(
        Stage.AUTHENTICATE,
        UNAUTHORIZED,
        instance.missing(),
        "no credential that " + policy.name() + " takes");
  }

  /** Says to a caller that nobody vouched for how it can prove who it is. */
  void challenge(Headers headers) {
    for (int i = 0; i < chain.size(); i++) {
      CompiledPolicy policy = chain.at(i);
      if (policies.of(policy.factory()) instanceof AuthenticationPolicy authentication) {
        headers.add(
            HeaderName.WWW_AUTHENTICATE,
            authentication.challenge(policy == unprovenBy ? unproven : null));
      }
    }
  }

  /** Lets policies make the request fit for the upstream: who authenticates always does. */
  void forward() {
    for (int i = 0; i < chain.size(); i++) {
      if (chain.at(i).authenticates() || changes(i)) {
        Policy policy = instance(i);
        guarded(i, () -> policy.forward(exchange));
      }
    }
  }

  /** Whether a policy was asked, and may change things: in report mode it may not. */
  private boolean changes(int at) {
    return (asked & (1L << at)) != 0 && chain.at(at).mode() == Mode.ENFORCE;
  }

  /** Lets the policies that were asked change the head of the answer. */
  void respond() {
    for (int i = 0; i < chain.size(); i++) {
      if (changes(i)) {
        Policy policy = instance(i);
        guarded(i, () -> policy.onResponse(exchange));
      }
    }
  }

  void end() {
    for (int i = 0; i < chain.size(); i++) {
      if ((asked & (1L << i)) != 0) {
        Policy policy = instance(i);
        guarded(i, () -> policy.onEnd(exchange));
      }
    }
  }

  /** What a policy does besides deciding must not break the request that others decide about. */
  private void guarded(int at, Runnable act) {
    try {
      act.run();
    } catch (RuntimeException e) {
      LOG.error("policy {} failed", chain.at(at).name(), e);
    }
  }

  private Policy instance(int at) {
    return policies.of(chain.at(at).factory());
  }
}
