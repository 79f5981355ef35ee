package dev.headgate.policy.limit;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import dev.headgate.expression.Expression;

/** What a request counts for. */
sealed interface Cost {
  /** The most that one request can count for. */
  long MOST = 1_000_000;

  /** From 0 to {@link #MOST}. */
  long of(Exchange exchange, Loop loop);

  /** The same for all. */
  record Fixed(long tokens) implements Cost {
    @Override
    public long of(Exchange exchange, Loop loop) {
      return tokens;
    }
  }

  /** What an expression says; 1 where it says nothing. */
  record Computed(Expression expression) implements Cost {
    @Override
    public long of(Exchange exchange, Loop loop) {
      try {
        return Math.clamp(expression.number(exchange, loop), 0, MOST);
      } catch (Expression.Undecided e) {
        return 1;
      }
    }
  }
}
