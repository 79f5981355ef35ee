package dev.headgate.worker;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Callouts;
import dev.headgate.exchange.Loop;
import dev.headgate.telemetry.CalloutMetrics;
import dev.headgate.telemetry.LoopRecorder;

/** Counts policies' requests on their way: what sends them knows nothing of telemetry. */
@LoopConfined
final class MeasuredCallouts implements Callouts {
  private final Callouts sender;
  private final Loop loop;
  private final LoopRecorder recorder;

  MeasuredCallouts(Callouts sender, Loop loop, LoopRecorder recorder) {
    this.sender = sender;
    this.loop = loop;
    this.recorder = recorder;
  }

  @Override
  public void send(Callout callout, Listener listener) {
    CalloutMetrics metrics = recorder.callouts(callout.terms().by());
    long start = loop.nanos();
    metrics.started();
    sender.send(
        callout,
        answer -> {
          long nanos = loop.nanos() - start;
          switch (answer) {
            case Answer.Answered answered -> metrics.answered(answered.status(), nanos);
            case Answer.Failed _ -> metrics.failed(nanos);
          }
          listener.answered(answer);
        });
  }
}
