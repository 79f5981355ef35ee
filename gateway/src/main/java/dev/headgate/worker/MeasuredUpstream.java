package dev.headgate.worker;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.health.Ejection;
import dev.headgate.telemetry.LoopRecorder;
import dev.headgate.telemetry.UpstreamMetrics;
import dev.headgate.upstream.PoolObserver;
import dev.headgate.upstream.UpstreamPool;

/** Counts what happens to an upstream: pools know nothing of telemetry, here the two meet. */
@LoopConfined
final class MeasuredUpstream implements PoolObserver {
  private final String upstream;
  private final LoopRecorder recorder;
  private final UpstreamMetrics metrics;

  MeasuredUpstream(String upstream, LoopRecorder recorder) {
    this.upstream = upstream;
    this.recorder = recorder;
    this.metrics = recorder.upstream(upstream);
  }

  @Override
  public void connectionOpened() {
    metrics.connectionOpened();
  }

  @Override
  public void connectionClosed() {
    metrics.connectionClosed();
  }

  @Override
  public void connectionFailed() {
    metrics.connectionFailed();
  }

  @Override
  public void waitingStarted() {
    metrics.waitingStarted();
  }

  @Override
  public void waitingEnded() {
    metrics.waitingEnded();
  }

  @Override
  public void queued() {
    metrics.queued();
  }

  @Override
  public void queueLeft(long nanos) {
    metrics.queueLeft(nanos);
  }

  @Override
  public void refused(UpstreamPool.Refusal why) {
    metrics.refused(why == UpstreamPool.Refusal.LATE);
  }

  @Override
  public void ejected(Ejection.Reason reason) {
    recorder.ejected(upstream, reason.word());
  }
}
