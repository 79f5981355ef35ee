package dev.headgate.balance;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.headgate.config.Upstream;
import dev.headgate.health.Standing;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A ring of points, each of which belongs to an endpoint (consistent hashing). A request goes to
 * the endpoint of the first point at or behind its own hash. When an endpoint is left out its
 * requests go to whoever comes behind each of its points, so to all others, and nobody else's move.
 *
 * <p>Where the points of an endpoint lie depends on its address alone, so that the same requests
 * belong to the same endpoints on all nodes and after each change. An endpoint has about 1000
 * points, fewer where there are many endpoints: shares differ from what the weights say by some
 * three percent of themselves. Immutable; shared by all loops.
 */
public final class HashRing {
  private static final int POINTS_OF_ONE = 1024;
  private static final int MOST_POINTS = 65_536;

  /** The same for all nodes, as nobody is to be kept from choosing where requests go. */
  private static final Hasher64 HASHER = Hashing.polymurHash2_0(0x6865_6164, 0x6761_7465);

  private final long[] points;
  private final int[] owners;

  private record Point(long place, int owner) {}

  private HashRing(List<Point> sorted) {
    this.points = sorted.stream().mapToLong(Point::place).toArray();
    this.owners = sorted.stream().mapToInt(Point::owner).toArray();
  }

  /** The ring of an upstream; null if it does not choose by what requests are about. */
  public static @Nullable HashRing of(Upstream upstream) {
    return upstream.balance().hash() == null ? null : of(upstream.endpoints());
  }

  static HashRing of(List<Upstream.Endpoint> endpoints) {
    double weight = endpoints.stream().mapToInt(Upstream.Endpoint::weight).sum();
    double all = Math.min(MOST_POINTS, (long) POINTS_OF_ONE * endpoints.size());
    List<Point> points =
        IntStream.range(0, endpoints.size())
            .boxed()
            .flatMap(i -> {
              Upstream.Endpoint endpoint = endpoints.get(i);
              String address = endpoint.address().toString();
              int own = (int) Math.max(1, Math.round(all * endpoint.weight() / weight));
              return IntStream.range(0, own).mapToObj(n -> new Point(place(address, n), i));
            })
            .sorted(Comparator.comparingLong(Point::place))
            .toList();
    return new HashRing(points);
  }

  private static long place(String address, int number) {
    return HASHER.hashStream().putString(address).putInt(number).getAsLong();
  }

  /** What hashes of requests are made with. */
  public static Hasher64 hasher() {
    return HASHER;
  }

  /**
   * The endpoint that a request belongs to, among those that are used.
   *
   * @param hash of what the request is about
   * @param tried endpoints that are passed over while there is another
   */
  public int choose(long hash, Standing standing, IntPredicate tried) {
    int found = Arrays.binarySearch(points, hash);
    int start = found >= 0 ? found : -found - 1;
    int first = -1;
    for (int i = 0; i < points.length; i++) {
      int at = start + i < points.length ? start + i : start + i - points.length;
      int owner = owners[at];
      if (standing.uses(owner)) {
        if (!tried.test(owner)) {
          return owner;
        }
        first = first < 0 ? owner : first;
      }
    }
    return first >= 0 ? first : standing.at(0);
  }
}
