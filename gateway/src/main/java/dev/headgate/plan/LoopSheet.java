package dev.headgate.plan;

import dev.headgate.concurrent.LoopConfined;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The sheet of the hour that a loop books on. A new hour, earlier or later, begins a new one. */
@LoopConfined
final class LoopSheet {
  private static final long HOUR = TimeUnit.HOURS.toMillis(1);

  private final Meters meters;
  private @Nullable UsageSheet sheet;
  private boolean closed;

  LoopSheet(Meters meters) {
    this.meters = meters;
  }

  /** Books a request that has ended. */
  void book(Standing.Charge charge, long nowMillis) {
    long hour = Math.floorDiv(nowMillis, HOUR);
    UsageSheet open = sheet;
    if (open == null || open.hour() != hour) {
      if (open != null) {
        open.close();
      }
      open = meters.open(hour);
      sheet = open;
    }
    UsageSheet.Cell cell = charge.cell();
    if (cell == null || !cell.isOn(open)) {
      cell = meters.line(open, charge.line());
      charge.cell(cell);
    }
    if (cell == null) {
      meters.lose();
    } else {
      cell.increment();
    }
    if (closed) {
      open.close();
      sheet = null;
    }
  }

  /** The policy is not in use any more; requests under way may still be booked. */
  void close() {
    closed = true;
    if (sheet != null) {
      sheet.close();
      sheet = null;
    }
  }
}
