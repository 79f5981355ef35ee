package dev.headgate.callout;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Loop;

/**
 * Whether somebody may be asked. After several failures in a row nobody is for a while; then one
 * question is tried, and only if it is answered are others asked again.
 */
@LoopConfined
public final class Breaker {
  private final Breaking rules;
  private final Loop loop;
  private int failures;
  private long closesAt;
  private boolean open;
  private boolean trying;

  public Breaker(Breaking rules, Loop loop) {
    this.rules = rules;
    this.loop = loop;
  }

  /** Whether to ask now. Who does says how it went. */
  public boolean mayAsk() {
    if (!open) {
      return true;
    }
    if (trying || loop.nanos() - closesAt < 0) {
      return false;
    }
    trying = true;
    return true;
  }

  /**
   * A question was answered.
   *
   * @return whether others are asked again only now
   */
  public boolean succeeded() {
    boolean again = open;
    failures = 0;
    open = false;
    trying = false;
    return again;
  }

  /**
   * A question was not answered.
   *
   * @return whether no more are asked from now on
   */
  public boolean failed() {
    failures++;
    if (failures < rules.failures()) {
      return false;
    }
    boolean before = open;
    open = true;
    trying = false;
    closesAt = loop.nanos() + rules.open().toNanos();
    return !before;
  }
}
