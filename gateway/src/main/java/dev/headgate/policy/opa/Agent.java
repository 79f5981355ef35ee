package dev.headgate.policy.opa;

import dev.headgate.callout.Answers.Keep;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.callout.DecisionCache;
import dev.headgate.callout.DecisionPoint;
import dev.headgate.callout.Known.Worth;
import dev.headgate.callout.Verdict;
import dev.headgate.exchange.Callouts.Answer.Answered;
import dev.headgate.exchange.Callouts.Callout;
import dev.headgate.exchange.Callouts.Terms;
import dev.headgate.exchange.Exchange;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import java.nio.charset.StandardCharsets;

/** An Open Policy Agent, asked by its data API ({@code POST /v1/data/PATH}). */
final class Agent implements DecisionPoint {
  private static final int OK = 200;
  private static final int FORBIDDEN = 403;

  private final Opa config;
  private final Terms terms;
  private final Input input;
  private final Result results;

  Agent(Opa config, Terms terms) {
    this.config = config;
    this.terms = terms;
    this.input = new Input(config.send());
    this.results = new Result(config.toUpstream());
  }

  @Override
  public Callout question(Exchange exchange) {
    Headers headers = new Headers();
    headers.add(HeaderName.CONTENT_TYPE, "application/json");
    if (config.token() != null) {
      headers.add(HeaderName.AUTHORIZATION, "Bearer " + config.token().reveal());
    }
    return new Callout("POST", config.url(), headers, input.of(exchange, false), terms);
  }

  @Override
  public String shown(Exchange exchange, Callout question) {
    return "POST "
        + question.url()
        + " "
        + new String(input.of(exchange, true), StandardCharsets.UTF_8);
  }

  @Override
  public Reply<Verdict> verdict(Answered answer) {
    if (answer.status() != OK) {
      return new Reply.Failed<>("an answer with status " + answer.status());
    }
    try {
      Object result = StrictJson.object(answer.body()).get("result");
      Verdict verdict = result == null ? undefined() : results.verdict(result);
      return new Reply.Told<>(verdict, keep(verdict));
    } catch (Malformed e) {
      return new Reply.Failed<>("an answer that cannot be read: " + e.getMessage());
    }
  }

  /** OPA leaves out the result of a rule that does not hold, and of one that does not exist. */
  private static Verdict undefined() {
    return new Verdict.Refused(
        "undefined",
        FORBIDDEN,
        new Headers(),
        null,
        "there is no result: the rule does not hold, or there is none at this path");
  }

  private Keep keep(Verdict verdict) {
    DecisionCache cache = config.cache();
    return cache == null || verdict.setsCookie()
        ? Keep.NOT
        : Keep.just(cache.time(), verdict instanceof Verdict.Allowed ? Worth.MUCH : Worth.LITTLE);
  }
}
