package dev.headgate.cli;

import dev.headgate.Gateway;
import dev.headgate.config.Problems;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Sources;
import dev.headgate.snapshot.Snapshot;
import java.time.Clock;

/** A configuration that was read and then tried as far as that goes without a socket. */
sealed interface Checked {
  Problems problems();

  /** It can be served. */
  record Good(Snapshot snapshot, Sources places, Problems problems) implements Checked {}

  /** It cannot. */
  record Bad(Problems problems) implements Checked {}

  static Checked of(Reading reading) {
    return switch (reading) {
      case Reading.Refused(Problems problems) -> new Bad(problems);
      case Reading.Accepted accepted -> {
        Problems problems = new Problems(accepted.sources());
        problems.addAll(accepted.problems());
        Snapshot snapshot = Gateway.check(accepted, Clock.systemUTC(), problems);
        yield snapshot == null
            ? new Bad(problems)
            : new Good(snapshot, accepted.sources(), problems);
      }
    };
  }
}
