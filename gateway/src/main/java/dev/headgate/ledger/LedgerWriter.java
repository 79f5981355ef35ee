package dev.headgate.ledger;

import dev.headgate.concurrent.Shared;
import dev.headgate.plan.Meters;
import dev.headgate.plan.QuotaCounter;
import dev.headgate.plan.UsageSheet;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what was counted into the ledger, on a thread of its own, every second or so.
 *
 * <p>A batch is one transaction, with a number: it also counts up the number of this writer, and
 * only from the one before. When it is not known whether a transaction was committed (the
 * connection broke while it was), the same batch is tried again, and if its number is taken, it
 * was. So a request is written once, whatever breaks; what a crash can lose is what was counted
 * since the last batch.
 *
 * <p>While the store is away counts add up in memory and serving goes on; the connection is tried
 * again with every batch. How it is safe: all but the facts that are asked for from outside belongs
 * to the thread; those are volatile.
 */
@Shared
public final class LedgerWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerWriter.class);

  /** How long after its period a count is still needed: by requests that end late. */
  private static final long FORGOTTEN_MILLIS = TimeUnit.HOURS.toMillis(1);

  private final @Nullable LedgerStore store;
  private final Meters meters;
  private final Clock clock;
  private final String run = UUID.randomUUID().toString();
  private final QuotaEvents events = new QuotaEvents();
  private final Semaphore stop = new Semaphore(0);
  private final CountDownLatch tried = new CountDownLatch(1);
  private final LongAdder failures = new LongAdder();
  private final Thread thread;
  private volatile Duration flush;
  private volatile boolean up;
  private volatile long writtenMillis;

  // The thread's own.
  private @Nullable Connection connection;
  private @Nullable Batch pending;
  private long written;
  private long changes = -1;
  private boolean registered;
  private long booked;

  /** How often the clock was put back into an earlier hour. */
  private int turns;

  private boolean complained;

  /**
   * @param store null for none: then counts live in memory only
   * @param flush how often it is written
   */
  public LedgerWriter(@Nullable LedgerStore store, Meters meters, Clock clock, Duration flush) {
    this.store = store;
    this.meters = meters;
    this.clock = clock;
    this.flush = flush;
    this.writtenMillis = clock.millis();
    this.thread = new Thread(this::run, "headgate-ledger");
    thread.setDaemon(true);
  }

  /** Begins; what was used before is known a moment later, see {@link #awaitFirst}. */
  public LedgerWriter start() {
    meters.unknown(store != null);
    thread.start();
    return this;
  }

  /** Waits until the store has been read, or has failed to be. */
  public void awaitFirst(Duration patience) {
    try {
      if (!tried.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("The ledger is not there yet; it is served without what was used before");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Writes so often from now on. */
  public void flush(Duration every) {
    flush = every;
  }

  /** Whether the last batch could be written. */
  public boolean up() {
    return up;
  }

  /** How often a batch could not be written. */
  public long failures() {
    return failures.sum();
  }

  /** When all that was counted was written last, in milliseconds since 1970. */
  public long writtenMillis() {
    return writtenMillis;
  }

  /** Of which quotas operators were told, and how often. */
  public QuotaEvents events() {
    return events;
  }

  private void run() {
    boolean running = true;
    while (running) {
      writeAll();
      tried.countDown();
      try {
        running = !stop.tryAcquire(flush.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        running = false;
      }
    }
    writeAll();
    disconnect();
  }

  /** Writes the batch that is pending, if there is one, and what was counted since. */
  void writeAll() {
    try {
      boolean again = pending != null;
      write();
      if (again) {
        write();
      }
      forget();
      writtenMillis = clock.millis();
      recovered();
    } catch (SQLException | RuntimeException e) {
      failed(e);
    }
  }

  private void write() throws SQLException {
    Batch batch = pending != null ? pending : Batch.of(written + 1, meters);
    if (store == null) {
      events.tell(batch);
      acknowledge(batch);
      return;
    }
    Connection open = connected(store);
    LedgerTransaction transaction = new LedgerTransaction(open);
    QuotaRefresh refresh = new QuotaRefresh();
    if (!batch.isEmpty()) {
      pending = batch;
      long now = clock.millis();
      long hour = TimeUnit.MILLISECONDS.toHours(now);
      if (hour < booked) {
        // The clock was put back into hours whose records may be final: others begin.
        turns++;
      }
      booked = hour;
      if (transaction.claim(run, batch.number(), now)) {
        transaction.addUsage(batch.usage(), booked, turns == 0 ? "" : run + turns);
        transaction.addTaken(batch.counters());
      } // else the attempt before was committed after all
      batch.counters().forEach(one -> refresh.add(one.counter()));
    }
    long seen = transaction.changes();
    if (seen != changes) {
      meters.counters().forEach(refresh::add);
    }
    refresh.read(transaction);
    List<QuotaEvents.Event> news = events.note(batch, transaction, refresh);
    if (TimeUnit.MILLISECONDS.toHours(clock.millis()) != booked && !batch.isEmpty()) {
      // Records of an hour have to be final soon after it: rather in the next one.
      open.rollback();
      write();
      return;
    }
    open.commit();
    changes = seen;
    acknowledge(batch);
    refresh.apply();
    meters.unknown(false);
    events.tell(news);
  }

  private void acknowledge(Batch batch) {
    pending = null;
    if (!batch.isEmpty()) {
      written = batch.number();
      batch.acknowledge();
    }
  }

  private Connection connected(LedgerStore from) throws SQLException {
    Connection known = connection;
    if (known != null) {
      return known;
    }
    Connection made = from.open();
    connection = made;
    LedgerTransaction first = new LedgerTransaction(made);
    if (!registered) {
      first.register(run, written, clock.millis());
      made.commit();
      registered = true;
    }
    if (meters.unknown()) {
      QuotaRefresh.loadAll(made, meters, clock.millis());
      made.rollback();
    }
    return made;
  }

  /** Lets go of what is written and over. */
  private void forget() {
    long longAgo = clock.millis() - FORGOTTEN_MILLIS;
    for (UsageSheet sheet : meters.sheets()) {
      if (sheet.closed() && isWritten(sheet)) {
        meters.drop(sheet);
      }
    }
    for (QuotaCounter counter : meters.counters()) {
      if (counter.key().time().endMillis() < longAgo && counter.own() == counter.written()) {
        meters.forget(counter.key());
      }
    }
  }

  private static boolean isWritten(UsageSheet sheet) {
    for (UsageSheet.Cell cell : sheet.cells()) {
      if (cell.count() != cell.written()) {
        return false;
      }
    }
    return true;
  }

  private void failed(Exception e) {
    failures.increment();
    registered &= !(e instanceof LedgerTransaction.LostWriter);
    up = false;
    disconnect();
    if (!complained) {
      LOG.error(
          "The ledger {} cannot be written; it is served on, and written when it is back: {}",
          store == null ? "" : store.shown(),
          e.toString());
      complained = true;
    }
  }

  private void recovered() {
    up = true;
    if (complained) {
      LOG.info("The ledger is written again");
      complained = false;
    }
  }

  void disconnect() {
    Connection old = connection;
    connection = null;
    if (old != null) {
      try {
        old.close();
      } catch (SQLException e) {
        LOG.debug("a connection to the ledger could not be closed: {}", e.toString());
      }
    }
  }

  /** Writes what is left and ends. To be called when nothing is counted any more. */
  @Override
  public void close() {
    stop.release();
    try {
      thread.join(2_000L * LedgerStore.PATIENCE_SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
