package dev.headgate.health;

import dev.headgate.concurrent.Shared;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.ToLongFunction;

/**
 * How often requests to one upstream were sent more than once, and how often they still may be, for
 * people to look at.
 *
 * <p>How it is safe: each loop has a part of its own, which only it writes, from time to time; a
 * reader adds up what it sees.
 */
@Shared
public final class FurtherAttempts {
  private final List<Part> parts = new CopyOnWriteArrayList<>();

  /** What one loop notes. */
  public static final class Part {
    private static final int LEFT = 0;
    private static final int RETRIES = 1;
    private static final int HEDGES = 2;

    private final AtomicLongArray noted = new AtomicLongArray(3);

    private Part() {}

    /**
     * Notes how it stands; on the loop that asked for this.
     *
     * @param left how many attempts are in the budget
     * @param retries how many there were, one after the other
     * @param hedges how many there were beside another
     */
    public void note(double left, long retries, long hedges) {
      noted.setOpaque(LEFT, (long) left);
      noted.setOpaque(RETRIES, retries);
      noted.setOpaque(HEDGES, hedges);
    }
  }

  /** A place for one loop; to be asked for once. */
  public Part newPart() {
    Part part = new Part();
    parts.add(part);
    return part;
  }

  /** Whether a loop has sent anything to the upstream. */
  public boolean any() {
    return !parts.isEmpty();
  }

  /** How many attempts are in the budgets of all loops together, in whole ones. */
  public long left() {
    return sum(part -> part.noted.getOpaque(Part.LEFT));
  }

  public long retries() {
    return sum(part -> part.noted.getOpaque(Part.RETRIES));
  }

  public long hedges() {
    return sum(part -> part.noted.getOpaque(Part.HEDGES));
  }

  private long sum(ToLongFunction<Part> of) {
    return parts.stream().mapToLong(of).sum();
  }
}
