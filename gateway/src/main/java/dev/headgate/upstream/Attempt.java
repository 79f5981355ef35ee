package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;

/** A request that waits for a connection to one endpoint. */
@LoopConfined
public final class Attempt extends Deadline implements Pending {
  private final EndpointPool pool;
  private final UpstreamListener listener;
  private boolean waits = true;

  Attempt(EndpointPool pool, UpstreamListener listener) {
    this.pool = pool;
    this.listener = listener;
  }

  boolean waits() {
    return waits;
  }

  void settled() {
    waits = false;
  }

  UpstreamListener listener() {
    return listener;
  }

  @Override
  public void cancel() {
    pool.forget(this);
  }

  @Override
  protected void expired() {
    pool.forget(this);
    listener.failed(pool.waitedTooLong());
  }
}
