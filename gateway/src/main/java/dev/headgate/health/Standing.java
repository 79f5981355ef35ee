package dev.headgate.health;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the endpoints of an upstream stand at one moment, and which of them are chosen among.
 * Immutable: a choice looks at one of these from its beginning to its end.
 *
 * <p>The endpoints of the first priority get all requests as long as enough of their weight serves:
 * five sevenths, as each then has to bear 1.4 times its share. What they cannot bear goes to the
 * next, in proportion.
 *
 * <p>When no priority has enough endpoints that serve all endpoints are chosen among (panic): to
 * send everything to the few that are left would bring these down as well, and what made the others
 * look bad may be something that all have in common.
 */
public final class Standing {
  /** How much more than its share an endpoint can bear while others are out. */
  private static final double OVERPROVISIONED = 1.4;

  /** What the weights of several priorities add up to, about. */
  private static final double FINE = 1_000_000;

  private final List<EndpointState> endpoints;
  private final Layout layout;
  private final boolean panic;
  private final int[] among;
  private final int[] weights;
  private final int weight;
  private final boolean[] uses;
  private final int ejected;
  private final int unhealthy;

  Standing(List<EndpointState> endpoints, Layout layout) {
    this.endpoints = endpoints;
    this.layout = layout;
    List<int[]> serving = layout.levels().stream().map(this::serving).toList();
    int count = serving.stream().mapToInt(level -> level.length).sum();
    this.panic = count < layout.size() && isTooFew(serving);
    double[] loads = loads(serving);
    int[] used = new int[layout.size()];
    boolean spread = IntStream.range(0, loads.length).filter(p -> loads[p] > 0).count() > 1;
    for (int p = 0; p < loads.length; p++) {
      if (loads[p] > 0) {
        double scale = spread ? FINE * loads[p] / layout.weight(serving.get(p)) : 1;
        for (int i : serving.get(p)) {
          used[i] = (int) Math.max(1, Math.round(scale * layout.weights()[i]));
        }
      }
    }
    int[] weightOf = panic ? layout.weights() : used;
    this.among = IntStream.range(0, layout.size()).filter(i -> weightOf[i] > 0).toArray();
    this.weights = IntStream.of(among).map(i -> weightOf[i]).toArray();
    this.weight = IntStream.of(weights).sum();
    this.uses = new boolean[layout.size()];
    for (int i : among) {
      uses[i] = true;
    }
    this.ejected = (int) endpoints.stream().filter(state -> state.ejection() != null).count();
    this.unhealthy = layout.size() - count - ejected;
  }

  private int[] serving(int[] level) {
    return IntStream.of(level).filter(i -> endpoints.get(i).serves()).toArray();
  }

  /** Whether no priority has enough endpoints that serve. */
  private boolean isTooFew(List<int[]> serving) {
    for (int p = 0; p < serving.size(); p++) {
      int[] level = serving.get(p);
      if (level.length > 0
          && layout.weight(level) >= layout.panicBelow() * layout.weight(layout.levels().get(p))) {
        return false;
      }
    }
    return true;
  }

  /** The share of the requests that each priority gets. */
  private double[] loads(List<int[]> serving) {
    double[] able = new double[serving.size()];
    double all = 0;
    for (int p = 0; p < able.length; p++) {
      double share = layout.weight(serving.get(p)) / layout.weight(layout.levels().get(p));
      able[p] = Math.min(1, OVERPROVISIONED * share);
      all += able[p];
    }
    double left = 1;
    for (int p = 0; p < able.length; p++) {
      double load = all == 0 ? 0 : Math.min(left, able[p] / Math.min(1, all));
      left -= load;
      // What is left when nothing is may be a trace of an addition.
      able[p] = load < 1 / FINE ? 0 : load;
    }
    return able;
  }

  Standing with(int endpoint, EndpointState state) {
    List<EndpointState> changed =
        IntStream.range(0, endpoints.size())
            .mapToObj(i -> i == endpoint ? state : endpoints.get(i))
            .toList();
    return new Standing(changed, layout);
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

  /** The weight of one of those that are chosen among, to be compared with theirs. */
  public int weight(int i) {
    return weights[i];
  }

  /** Whether that endpoint is among them. */
  public boolean uses(int endpoint) {
    return uses[endpoint];
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
