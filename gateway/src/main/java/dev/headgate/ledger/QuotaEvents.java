package dev.headgate.ledger;

import dev.headgate.concurrent.Shared;
import dev.headgate.plan.QuotaCounter;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells operators of quotas of which little or nothing is left, once for each and period: of
 * several gateways, the one that writes it first. Only the ledger's thread tells; the counts may be
 * read from any.
 */
@Shared
public final class QuotaEvents {
  private static final Logger LOG = LoggerFactory.getLogger(QuotaEvents.class);

  private final LongAdder warnings = new LongAdder();
  private final LongAdder exhausted = new LongAdder();

  /** That somebody has used so much. */
  record Event(QuotaCounter counter, int level, long used) {}

  /** How often little was left. */
  public long warnings() {
    return warnings.sum();
  }

  /** How often nothing was left. */
  public long exhausted() {
    return exhausted.sum();
  }

  /** Notes in the ledger what is to be told. */
  List<Event> note(Batch batch, LedgerTransaction transaction, QuotaRefresh refresh)
      throws SQLException {
    List<Event> events = new ArrayList<>();
    for (Batch.SeenCounter seen : batch.counters()) {
      QuotaCounter counter = seen.counter();
      LedgerTransaction.Known known = refresh.of(counter);
      int level = counter.level(known.used(), known.granted());
      if (level > known.warned() && transaction.warn(counter, level)) {
        events.add(new Event(counter, level, known.used()));
      }
    }
    return events;
  }

  /** Tells of what is kept in memory only. */
  void tell(Batch batch) {
    List<Event> events = new ArrayList<>();
    for (Batch.SeenCounter seen : batch.counters()) {
      int level = seen.counter().level();
      if (level > seen.counter().told()) {
        seen.counter().told(level);
        events.add(new Event(seen.counter(), level, seen.counter().used()));
      }
    }
    tell(events);
  }

  void tell(List<Event> events) {
    for (Event event : events) {
      (event.level() == 1 ? warnings : exhausted).increment();
      LOG.warn(
          "quota.{}: consumer {} has used {} of {} in this {} of plan {}, until {}",
          event.level() == 1 ? "warning" : "exhausted",
          event.counter().key().consumer(),
          event.used(),
          event.counter().limit() + event.counter().granted(),
          event.counter().key().period().word(),
          event.counter().key().plan(),
          Instant.ofEpochMilli(event.counter().key().time().endMillis()));
    }
  }
}
