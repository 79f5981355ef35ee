package dev.headgate.ledger;

import dev.headgate.plan.Counting;
import dev.headgate.plan.Meters;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/**
 * A process that counts and writes until somebody kills it. Before each writing it says how many it
 * has counted, after it how many are surely written.
 */
final class KilledProcess {
  private KilledProcess() {}

  /** Arguments: the file of the ledger, and as whom it counts. */
  public static void main(String[] arguments) {
    LedgerStore store = new LedgerStore.File(Path.of(arguments[0]));
    String consumer = arguments[1];
    Meters meters = new Meters();
    Counting counting = new Counting(meters, Long.MAX_VALUE);
    Clock clock = Clock.systemUTC();
    LedgerWriter writer = new LedgerWriter(store, meters, clock, Duration.ofSeconds(1));
    PrintStream out = new PrintStream(System.out, true, java.nio.charset.StandardCharsets.US_ASCII);
    long counted = 0;
    while (true) {
      for (int i = 0; i < 50; i++) {
        counting.count(consumer, clock.millis(), 3);
        counted += 3;
      }
      out.println("counted " + counted);
      writer.writeAll();
      if (writer.up()) {
        out.println("written " + counted);
      }
    }
  }
}
