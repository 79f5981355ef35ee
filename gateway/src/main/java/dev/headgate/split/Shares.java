package dev.headgate.split;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.headgate.config.Route;
import java.util.List;

/**
 * Gives each caller a side, as weights say (weighted rendezvous hashing). Each side draws a lot for
 * the caller, from a hash of both, and the longest wins; a lot is the longer the more the side
 * weighs. A lot depends on nobody else's weight: a side that comes to weigh more wins over some
 * callers and loses none, and callers of sides that stay as they are do not move between these. All
 * nodes draw the same lots, and the order of the sides plays no part. Immutable.
 */
final class Shares {
  /** The same for all nodes and revisions. */
  static final Hasher64 HASHER = Hashing.polymurHash2_0(0x7370_6c69, 0x7474_6572);

  private final double[] weights;
  private final long[] salts;

  Shares(List<Route.Target> sides) {
    weights = sides.stream().mapToDouble(Route.Target::weight).toArray();
    salts = sides.stream().mapToLong(side -> HASHER.hashCharsToLong(side.upstream())).toArray();
  }

  /**
   * The side of a caller.
   *
   * @param caller a hash of who that is
   */
  int of(long caller) {
    int longest = 0;
    double length = -1;
    for (int i = 0; i < weights.length; i++) {
      double lot = weights[i] == 0 ? -1 : weights[i] / -Math.log(between0And1(caller ^ salts[i]));
      if (lot > length) {
        length = lot;
        longest = i;
      }
    }
    return longest;
  }

  /** Mixes all bits of a number into the upper 53 (the finalizer of SplitMix64). */
  private static double between0And1(long number) {
    long z = (number ^ number >>> 30) * 0xbf58476d1ce4e5b9L;
    z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
    z ^= z >>> 31;
    return ((z >>> 11) + 0.5) * 0x1.0p-53;
  }
}
