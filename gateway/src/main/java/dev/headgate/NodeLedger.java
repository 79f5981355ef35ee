package dev.headgate;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Config;
import dev.headgate.config.Ledger;
import dev.headgate.ledger.LedgerStore;
import dev.headgate.ledger.LedgerWriter;
import dev.headgate.plan.Meters;
import dev.headgate.telemetry.NodeFacts;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of a node, from the first revision with products on. What is counted before it has
 * begun, or while its store is away, is not lost.
 */
@Shared
final class NodeLedger implements AutoCloseable {
  /** How long a start is held up by a store that does not answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Meters meters;
  private final Clock clock;
  private volatile @Nullable LedgerWriter writer;

  NodeLedger(Meters meters, Clock clock) {
    this.meters = meters;
    this.clock = clock;
  }

  /** Begins if it is needed and has not begun, else goes on as a new revision says. */
  void serve(Config config, Path folder) {
    LedgerWriter known = writer;
    if (known != null) {
      known.flush(config.ledger().flush());
    } else if (!config.products().isEmpty()) {
      LedgerWriter begun =
          new LedgerWriter(
                  LedgerStore.of(config.ledger(), folder), meters, clock, config.ledger().flush())
              .start();
      writer = begun;
      begun.awaitFirst(PATIENCE);
    }
  }

  /** Whether a change of the configuration waits for the next start. */
  boolean waits(Ledger before, Ledger after) {
    return writer != null
        && !(Objects.equals(before.store(), after.store())
            && Objects.equals(before.password(), after.password()));
  }

  /** What metrics say about it; null if there is none. */
  NodeFacts.@Nullable LedgerFacts facts() {
    LedgerWriter known = writer;
    return known == null
        ? null
        : new NodeFacts.LedgerFacts(
            known.up(),
            known.failures(),
            meters.lost(),
            Math.max(0, clock.millis() - known.writtenMillis()),
            known.events().warnings(),
            known.events().exhausted());
  }

  @Override
  public void close() {
    LedgerWriter known = writer;
    if (known != null) {
      known.close();
    }
  }
}
