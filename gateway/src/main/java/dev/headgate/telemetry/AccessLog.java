package dev.headgate.telemetry;

import dev.headgate.concurrent.Shared;
import dev.headgate.config.Telemetry;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The access log's common end: one thread that takes the loops' chunks and writes them.
 *
 * <p>How it is safe: loops put chunks into a queue of many producers and one consumer; the queue
 * has no bound of its own as each loop has only {@link LoopLog#MAX_CHUNKS} chunks. What
 * configuration says is one volatile reference. All else belongs to the writer thread.
 *
 * <p>The writer is woken only when it has had nothing to do. After it has written it rests for a
 * moment and finds what came meanwhile, so that a busy loop pays for no wake-up at all.
 *
 * <p>When writing fails (the disk is full, the directory is gone) the chunk is kept and tried again
 * from where it was cut, so that no line is ever torn; meanwhile the loops run out of chunks and
 * count what they drop.
 */
@Shared
final class AccessLog implements AutoCloseable {
  private static final Logger LOGGER = LoggerFactory.getLogger(AccessLog.class);

  private static final long REST_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long REPORT_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long CLOSE_MILLIS = 5_000;

  private final MpscUnboundedAtomicArrayQueue<LogChunk> full =
      new MpscUnboundedAtomicArrayQueue<>(256);
  private final LongAdder linesLost = new LongAdder();
  private final Thread writer;
  private final Set<String> hidden = new HashSet<>();
  private Telemetry.AccessLog config;
  private volatile Settings settings;
  private volatile boolean dozing;
  private volatile boolean reopenAsked;
  private volatile boolean closing;

  // The writer thread's own.
  private @Nullable Settings inUse;
  private @Nullable LogChunk current;
  private final ChunkPosition position = new ChunkPosition();
  private long lastLook;
  private long lastReport;
  private boolean reported;

  /**
   * What the configuration says.
   *
   * @param redaction null if there is no log
   * @param output null if there is no log
   */
  private record Settings(
      String to, @Nullable QueryRedaction redaction, @Nullable LogOutput output) {
    static Settings of(Telemetry.AccessLog config, Set<String> hidden) {
      String to = config.to();
      if (to.equals("off")) {
        return new Settings(to, null, null);
      }
      LogOutput output =
          to.startsWith("file:")
              ? new LogOutput.ToFile(Path.of(to.substring("file:".length())))
              : new LogOutput.Stdout();
      return new Settings(to, redaction(config, hidden), output);
    }

    private static QueryRedaction redaction(Telemetry.AccessLog config, Set<String> hidden) {
      Set<String> names = new HashSet<>(hidden);
      names.addAll(config.redactQuery());
      return new QueryRedaction(names);
    }
  }

  AccessLog(Telemetry.AccessLog config) {
    this.config = config;
    settings = Settings.of(config, hidden);
    writer = Thread.ofPlatform().name("headgate-access-log").daemon().unstarted(this::run);
  }

  /** Starts the writer. */
  AccessLog start() {
    writer.start();
    return this;
  }

  /** What to hide in queries; null if there is no log. From any thread. */
  @Nullable QueryRedaction redaction() {
    return settings.redaction();
  }

  /** Takes a chunk to be written. From any thread. */
  void take(LogChunk chunk) {
    full.offer(chunk);
    // The writer says that it dozes and then looks at the queue; here it is the other way round.
    // With a fence between
    // the two on both sides, at least one of us sees the other.
    VarHandle.fullFence();
    if (dozing) {
      LockSupport.unpark(writer);
    }
  }

  /**
   * Goes on as the new configuration says. Lines that are waiting go to the new place. From any
   * thread.
   */
  synchronized void apply(Telemetry.AccessLog changedConfig) {
    config = changedConfig;
    Settings changed = Settings.of(config, hidden);
    if (changed.to().equals(settings.to())) {
      changed = new Settings(changed.to(), changed.redaction(), settings.output());
    }
    settings = changed;
    LockSupport.unpark(writer);
  }

  /** Shows no values of these query parameters any more. From any thread. */
  synchronized void hide(Collection<String> parameters) {
    if (hidden.addAll(parameters)) {
      apply(config);
    }
  }

  /** Opens the file again, for those who rotate logs. From any thread. */
  void reopen() {
    reopenAsked = true;
    LockSupport.unpark(writer);
  }

  /** Lines that were handed over and could not be written before the end. */
  long linesLost() {
    return linesLost.sum();
  }

  /**
   * Writes what was handed over and ends the writer; gives up after a while if the output does not
   * take it.
   */
  @Override
  public void close() {
    closing = true;
    LockSupport.unpark(writer);
    try {
      writer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    boolean last;
    do {
      last = closing;
      boolean wrote = current != null || !full.isEmpty();
      try {
        turnToOutput();
        writeAll();
        if (!last) {
          rest(wrote);
        }
      } catch (IOException e) {
        report(e);
        if (!last) {
          LockSupport.parkNanos(this, RETRY_NANOS);
        }
      }
    } while (!last);
    loseAll();
    try {
      closeOutput();
    } catch (IOException e) {
      report(e);
    }
  }

  private void rest(boolean wrote) {
    if (wrote) {
      LockSupport.parkNanos(this, REST_NANOS);
      return;
    }
    dozing = true;
    VarHandle.fullFence();
    if (full.isEmpty() && !closing && !reopenAsked) {
      LockSupport.parkNanos(this, LOOK_NANOS);
    }
    dozing = false;
  }

  private void turnToOutput() throws IOException {
    Settings wanted = settings;
    Settings old = inUse;
    if (old == null || !Objects.equals(old.output(), wanted.output())) {
      inUse = wanted;
      position.backToLineStart(current);
      if (old != null && old.output() != null) {
        old.output().close();
      }
    }
    LogOutput output = wanted.output();
    long now = System.nanoTime();
    boolean asked = reopenAsked;
    if (output != null && (asked || now - lastLook >= LOOK_NANOS)) {
      reopenAsked = false;
      lastLook = now;
      if (output.reopen(asked)) {
        position.backToLineStart(current);
      }
    }
  }

  private void writeAll() throws IOException {
    LogOutput output = inUse == null ? null : inUse.output();
    for (LogChunk chunk = next(); chunk != null; chunk = next()) {
      if (output != null) {
        position.writeRest(chunk, output);
        reported = false;
      }
      current = null;
      chunk.release();
    }
  }

  private @Nullable LogChunk next() {
    if (current == null) {
      current = full.poll();
      position.begin();
    }
    return current;
  }

  private void loseAll() {
    for (LogChunk chunk = next(); chunk != null; chunk = next()) {
      linesLost.add(chunk.lines);
      current = null;
    }
  }

  private void closeOutput() throws IOException {
    if (inUse != null && inUse.output() != null) {
      inUse.output().close();
    }
  }

  private void report(IOException e) {
    long now = System.nanoTime();
    if (!reported || now - lastReport >= REPORT_NANOS) {
      reported = true;
      lastReport = now;
      LOGGER.warn(
          "access log can't be written to {}: {}; lines are kept for a while and then dropped",
          settings.to(),
          e.toString());
    }
  }
}
