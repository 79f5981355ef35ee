package dev.headgate.health;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the endpoints of an upstream stand at one moment, and which of them are chosen among.
 * Immutable: a choice looks at one of these from its beginning to its end.
 *
 * <p>When those that serve have too small a share of the weight all are chosen among (panic): to
 * send everything to the few that are left would bring these down as well, and what made the others
 * look bad may be something that all have in common.
 */
public final class Standing {
  private final List<EndpointState> endpoints;
  private final int[] weights;
  private final double panicBelow;
  private final int[] among;
  private final int weight;
  private final boolean panic;
  private final int ejected;
  private final int unhealthy;

  /**
   * @param panicBelow the share of the weight, from 0 to 1, below which all are chosen among
   */
  Standing(List<EndpointState> endpoints, int[] weights, double panicBelow) {
    this.endpoints = endpoints;
    this.weights = weights;
    this.panicBelow = panicBelow;
    int[] serving =
        IntStream.range(0, endpoints.size()).filter(i -> endpoints.get(i).serves()).toArray();
    long all = weight(IntStream.range(0, weights.length).toArray());
    this.panic =
        serving.length < weights.length
            && (serving.length == 0 || weight(serving) < panicBelow * all);
    this.among = panic ? IntStream.range(0, weights.length).toArray() : serving;
    this.weight = Math.toIntExact(weight(among));
    this.ejected = (int) endpoints.stream().filter(state -> state.ejection() != null).count();
    this.unhealthy = weights.length - serving.length - ejected;
  }

  private long weight(int[] some) {
    return IntStream.of(some).mapToLong(i -> weights[i]).sum();
  }

  Standing with(int endpoint, EndpointState state) {
    List<EndpointState> changed =
        IntStream.range(0, endpoints.size())
            .mapToObj(i -> i == endpoint ? state : endpoints.get(i))
            .toList();
    return new Standing(changed, weights, panicBelow);
  }

  /** What is known of each endpoint, in the order of the configuration. */
  public List<EndpointState> endpoints() {
    return endpoints;
  }

  /** How many endpoints are chosen among; at least one. */
  public int size() {
    return among.length;
  }

  /** One of those that are chosen among, by its place in the configuration. */
  public int at(int i) {
    return among[i];
  }

  /** Whether that endpoint is among them. */
  public boolean uses(int endpoint) {
    return panic || endpoints.get(endpoint).serves();
  }

  /** The weight of those that are chosen among, together. */
  public int weight() {
    return weight;
  }

  /** Whether all are chosen among because too few serve. */
  public boolean panic() {
    return panic;
  }

  /** How many are left out because of what came of their requests. */
  public int ejected() {
    return ejected;
  }

  /** How many are left out because of their checks alone. */
  public int unhealthy() {
    return unhealthy;
  }

  /** The first endpoint that a request may try; -1 if there is none. */
  int due(long now) {
    for (int i = 0; i < endpoints.size(); i++) {
      EndpointState state = endpoints.get(i);
      Ejection ejection = state.ejection();
      if (ejection != null && state.unhealthy() == null && ejection.due(now)) {
        return i;
      }
    }
    return -1;
  }

  @Nullable Ejection ejection(int endpoint) {
    return endpoints.get(endpoint).ejection();
  }
}
