package dev.headgate.callout;

import dev.headgate.callout.Answers.Reply;
import dev.headgate.exchange.Callouts.Answer.Answered;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Exchange;

/** Somebody who decides about requests: how it is asked and what it says. Immutable. */
public interface DecisionPoint {
  /** The question about a request. */
  Callout question(Exchange exchange);

  /** What is asked, for people, without secrets. */
  String shown(Exchange exchange, Callout question);

  /** What an answer means. */
  Reply<Verdict> verdict(Answered answer);
}
