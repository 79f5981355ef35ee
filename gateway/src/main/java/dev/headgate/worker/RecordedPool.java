package dev.headgate.worker;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.health.Ejection;
import dev.headgate.telemetry.LoopRecorder;
import dev.headgate.telemetry.UpstreamMetrics;
import dev.headgate.upstream.PoolObserver;
import dev.headgate.upstream.UpstreamPool;

/** Counts what happens to an upstream on one loop. */
@LoopConfined
final class RecordedPool implements PoolObserver {
  private final LoopRecorder recorder;
  private final String upstream;
  private final UpstreamMetrics metrics;

  RecordedPool(LoopRecorder recorder, String upstream) {
    this.recorder = recorder;
    this.upstream = upstream;
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

  @Override
  public void retried(String reason) {
    recorder.retried(upstream, reason);
  }

  @Override
  public void hedged(String outcome) {
    recorder.hedged(upstream, outcome);
  }

  @Override
  public void bodyNotKept(String reason) {
    recorder.bodyNotKept(upstream, reason);
  }
}
