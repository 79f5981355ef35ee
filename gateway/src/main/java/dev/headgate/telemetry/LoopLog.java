package dev.headgate.telemetry;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Deadline;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Loop;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.atomic.SpscAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One loop's end of the access log: lines are formed here, straight into the bytes that will be
 * written.
 *
 * <p>Handing over each request as an event would cost a queue operation, an object and often the
 * waking of a thread for every request. A chunk of 64 KiB costs them once for some 150 lines, and
 * leaves the writer thread nothing to do but large sequential writes. A chunk is handed over when
 * it is full, or when its first line is {@value #LINGER_MILLIS} ms old.
 *
 * <p>The number of chunks is bounded. When all of them wait to be written, lines are dropped and
 * counted; the loop never waits.
 */
@LoopConfined
final class LoopLog {
  /** 4 MiB for each loop: about a quarter of a second at 40,000 lines per second. */
  static final int MAX_CHUNKS = 64;

  static final long LINGER_MILLIS = 100;

  private final AccessLog log;
  private final Loop loop;
  private final Cells cells;
  private final SpscAtomicArrayQueue<LogChunk> written = new SpscAtomicArrayQueue<>(MAX_CHUNKS);
  private final LogLine line = new LogLine();
  private final Deadline linger =
      new Deadline() {
        @Override
        protected void expired() {
          handOver();
        }
      };

  private @Nullable LogChunk chunk;
  private int made;

  /**
   * @param cells where lines that are dropped are counted, at {@link LoopRecorder#LINES_DROPPED}
   */
  LoopLog(AccessLog log, Loop loop, Cells cells) {
    this.log = log;
    this.loop = loop;
    this.cells = cells;
  }

  void write(Exchange exchange, long endNanos, long totalMicros, long upstreamMicros) {
    QueryRedaction redaction = log.redaction();
    if (redaction == null) {
      return;
    }
    LogChunk target = chunkFor(line.bound(exchange));
    if (target == null) {
      cells.add(LoopRecorder.LINES_DROPPED, 1);
      return;
    }
    long sinceEnd = TimeUnit.NANOSECONDS.toMillis(loop.nanos() - endNanos);
    long startWallMillis = loop.wallMillis() - sinceEnd - totalMicros / 1000;
    target.length =
        line.write(exchange, redaction, target, startWallMillis, totalMicros, upstreamMicros);
    target.lines++;
  }

  private @Nullable LogChunk chunkFor(int bytes) {
    LogChunk current = chunk;
    if (current != null && LogChunk.SIZE - current.length >= bytes) {
      return current;
    }
    handOver();
    current = written.poll();
    if (current == null) {
      if (made == MAX_CHUNKS) {
        return null;
      }
      made++;
      current = new LogChunk(written);
    }
    current.prepare();
    chunk = current;
    loop.arm(linger, TimeUnit.MILLISECONDS.toNanos(LINGER_MILLIS));
    return current;
  }

  /** Gives what there is to the writer thread. */
  void handOver() {
    LogChunk full = chunk;
    if (full != null) {
      chunk = null;
      linger.disarm();
      log.take(full);
    }
  }
}
