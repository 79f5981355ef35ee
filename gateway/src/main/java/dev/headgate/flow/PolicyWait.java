package dev.headgate.flow;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Loop;
import java.util.function.Consumer;

/**
 * A request that waits for a policy's decision. Policies have bounds of their own; this is the one
 * that holds if a policy forgets, so that no request waits for ever.
 */
@LoopConfined
final class PolicyWait extends Deadline {
  private final Loop loop;
  private final Decision.Await await;
  private final Failure overdue;
  private final Consumer<Decision> then;

  private PolicyWait(Loop loop, Decision.Await await, Failure overdue, Consumer<Decision> then) {
    this.loop = loop;
    this.await = await;
    this.overdue = overdue;
    this.then = then;
  }

  /**
   * Waits.
   *
   * @param overdue what it means if there is no decision in time
   * @param then called once with the decision, unless {@link #cancel} is called before
   */
  static PolicyWait on(Loop loop, Decision.Await await, Failure overdue, Consumer<Decision> then) {
    PolicyWait wait = new PolicyWait(loop, await, overdue, then);
    loop.arm(wait, Decisions.PATIENCE_NANOS);
    await.then(wait::decided);
    return wait;
  }

  private void decided(Decision decision) {
    loop.cancel(this);
    then.accept(decision);
  }

  @Override
  protected void expired() {
    await.cancel();
    then.accept(Decision.fail(overdue));
  }

  /** Nobody waits any more. */
  void cancel() {
    loop.cancel(this);
    await.cancel();
  }
}
