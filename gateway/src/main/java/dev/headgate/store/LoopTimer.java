package dev.headgate.store;

import dev.headgate.concurrent.LoopConfined;
import io.netty.channel.EventLoop;
import io.netty.util.Timeout;
import io.netty.util.Timer;
import io.netty.util.TimerTask;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The client library's timer on our event loop: its few timeouts need no thread of their own. */
@LoopConfined
final class LoopTimer implements Timer {
  private static final Logger LOG = LoggerFactory.getLogger(LoopTimer.class);

  private final EventLoop eventLoop;

  LoopTimer(EventLoop eventLoop) {
    this.eventLoop = eventLoop;
  }

  @Override
  public Timeout newTimeout(TimerTask task, long delay, TimeUnit unit) {
    Due due = new Due(task);
    due.scheduled = eventLoop.schedule(due, delay, unit);
    return due;
  }

  /** The loop ends elsewhere. */
  @Override
  public Set<Timeout> stop() {
    return Set.of();
  }

  private final class Due implements Timeout, Runnable {
    private final TimerTask task;
    private @Nullable ScheduledFuture<?> scheduled;
    private boolean expired;

    Due(TimerTask task) {
      this.task = task;
    }

    @Override
    public void run() {
      expired = true;
      try {
        task.run(this);
      } catch (Exception e) {
        LOG.warn("a timer of the Redis client failed", e);
      }
    }

    @Override
    public Timer timer() {
      return LoopTimer.this;
    }

    @Override
    public TimerTask task() {
      return task;
    }

    @Override
    public boolean isExpired() {
      return expired;
    }

    @Override
    public boolean isCancelled() {
      return scheduled != null && scheduled.isCancelled();
    }

    @Override
    public boolean cancel() {
      return scheduled != null && scheduled.cancel(false);
    }
  }
}
