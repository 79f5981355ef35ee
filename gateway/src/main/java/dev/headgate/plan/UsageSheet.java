package dev.headgate.plan;

import dev.headgate.concurrent.Shared;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What one loop has counted in one hour.
 *
 * <p>How it is safe: only that loop adds lines and counts, the ledger reads. A count is a plain
 * addition and an opaque store, as in telemetry's cells: never torn, and seen in finite time. The
 * loop closes the sheet when it needs it no more; whoever sees it closed sees all that was counted.
 */
@Shared
public final class UsageSheet {
  private final long hour;
  private final Queue<Cell> cells = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  UsageSheet(long hour) {
    this.hour = hour;
  }

  /** Which hour, counted from 1970 on, in UTC. */
  public long hour() {
    return hour;
  }

  Cell add(UsageLine line) {
    Cell cell = new Cell(this, line);
    cells.add(cell);
    return cell;
  }

  void close() {
    closed = true;
  }

  /** Whether nothing will be counted here any more; to be asked before the cells are read. */
  public boolean closed() {
    return closed;
  }

  public Iterable<Cell> cells() {
    return cells;
  }

  public int size() {
    return cells.size();
  }

  /** The count of one line. */
  @Shared
  public static final class Cell {
    private static final VarHandle COUNT;

    static {
      try {
        COUNT = MethodHandles.lookup().findVarHandle(Cell.class, "count", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final UsageSheet sheet;
    private final UsageLine line;
    private long count;

    /** What of the count is in the ledger; the ledger's alone. */
    private long written;

    private Cell(UsageSheet sheet, UsageLine line) {
      this.sheet = sheet;
      this.line = line;
    }

    boolean isOn(UsageSheet other) {
      return sheet == other;
    }

    public UsageLine line() {
      return line;
    }

    /** Only on the loop that owns the sheet. */
    void increment() {
      COUNT.setOpaque(this, count + 1);
    }

    /** From any thread. */
    public long count() {
      return (long) COUNT.getOpaque(this);
    }

    public long written() {
      return written;
    }

    public void written(long upTo) {
      written = upTo;
    }
  }
}
