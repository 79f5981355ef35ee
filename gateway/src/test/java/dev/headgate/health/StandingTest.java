package dev.headgate.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.config.Percent;
import dev.headgate.config.Upstream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Which endpoints are chosen among, and with what weights, when some of them are away. */
class StandingTest {
  /** Of the first priority there are four endpoints, of the second and the third two each. */
  private static final int[] PRIORITIES = {0, 0, 0, 0, 1, 1, 2, 2};

  private static Layout layout(int[] weights, int[] priorities, double panicBelow) {
    List<Upstream.Endpoint> endpoints = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      endpoints.add(
          new Upstream.Endpoint(URI.create("http://10.0.0." + i), weights[i], priorities[i]));
    }
    Upstream some = Upstreams.of(1, "");
    return Layout.of(
        new Upstream(
            endpoints,
            some.balance(),
            some.protocol(),
            some.host(),
            some.timeouts(),
            some.connections(),
            some.limits(),
            some.adaptiveConcurrency(),
            some.retry(),
            null,
            some.outlierDetection(),
            null,
            null,
            new Percent(panicBelow),
            some.tls()));
  }

  private static Standing standing(Layout layout, int... away) {
    Standing standing =
        new Standing(Collections.nCopies(layout.size(), EndpointState.WELL), layout);
    for (int i : away) {
      standing = standing.with(i, EndpointState.WELL.checked("away"));
    }
    return standing;
  }

  private static Standing standing(int... away) {
    return standing(layout(new int[] {1, 1, 1, 1, 1, 1, 1, 1}, PRIORITIES, 0.5), away);
  }

  /** The share of the requests that each priority gets. */
  private static Map<Integer, Double> shares(Standing standing) {
    Map<Integer, Double> shares = new TreeMap<>();
    for (int i = 0; i < standing.size(); i++) {
      shares.merge(
          PRIORITIES[standing.at(i)], (double) standing.weight(i) / standing.weight(), Double::sum);
    }
    return shares;
  }

  @Test
  void theFirstPriorityGetsAllAsLongAsEnoughOfItIsWell() {
    assertThat(shares(standing())).containsExactly(Map.entry(0, 1.0));
    assertThat(shares(standing(0))).containsExactly(Map.entry(0, 1.0));
    assertThat(standing(0).size()).isEqualTo(3);
    assertThat(standing(0).weight()).as("as they are written").isEqualTo(3);
  }

  @Test
  void whatItCannotBearGoesToTheNextInProportion() {
    Map<Integer, Double> shares = shares(standing(0, 1));
    assertThat(shares).containsOnlyKeys(0, 1);
    assertThat(shares.get(0)).isCloseTo(0.7, within(0.001));
    assertThat(shares.get(1)).isCloseTo(0.3, within(0.001));

    shares = shares(standing(0, 1, 2));
    assertThat(shares.get(0)).isCloseTo(0.35, within(0.001));
    assertThat(shares.get(1)).isCloseTo(0.65, within(0.001));
  }

  @Test
  void whenAPriorityIsGoneTheNextGetsAll() {
    assertThat(shares(standing(0, 1, 2, 3))).containsExactly(Map.entry(1, 1.0));
    Map<Integer, Double> shares = shares(standing(0, 1, 2, 3, 4));
    assertThat(shares.get(1)).isCloseTo(0.7, within(0.001));
    assertThat(shares.get(2)).isCloseTo(0.3, within(0.001));
    assertThat(shares(standing(0, 1, 2, 3, 4, 5))).containsExactly(Map.entry(2, 1.0));
  }

  @Test
  void whenNoPriorityHasEnoughAllAreUsed() {
    assertThat(standing(0, 1, 2, 3, 4, 5, 6).panic()).as("half of the last is").isFalse();
    Standing none = standing(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(none.panic()).isTrue();
    assertThat(none.size()).isEqualTo(8);
    assertThat(none.weight()).isEqualTo(8);
  }

  @Test
  void weightsCountWithinAPriority() {
    Layout layout = layout(new int[] {3, 1, 2, 6}, new int[] {0, 0, 7, 7}, 0.5);
    Standing standing = standing(layout, 0);
    assertThat(standing.panic()).isFalse();
    double all = standing.weight();
    assertThat(standing.weight(0) / all).isCloseTo(0.35, within(0.001));
    assertThat(standing.weight(1) / all).isCloseTo(0.65 * 2 / 8, within(0.001));
    assertThat(standing.weight(2) / all).isCloseTo(0.65 * 6 / 8, within(0.001));
  }

  /** Whatever is away: somebody is used, nobody with a weight of nothing, and none that is away. */
  @Test
  void thereIsAlwaysSomebodyToChoose() {
    for (int seed = 0; seed < 2000; seed++) {
      Random random = new Random(seed);
      int count = 1 + random.nextInt(12);
      int[] weights = random.ints(count, 1, 1001).toArray();
      int[] priorities = random.ints(count, 0, 4).toArray();
      Layout layout = layout(weights, priorities, random.nextInt(11) / 10.0);
      int[] away = random.ints(random.nextInt(count + 1), 0, count).distinct().toArray();
      Standing standing = standing(layout, away);
      assertThat(standing.size()).isPositive();
      long sum = 0;
      for (int i = 0; i < standing.size(); i++) {
        assertThat(standing.weight(i)).isPositive();
        assertThat(standing.uses(standing.at(i))).isTrue();
        assertThat(standing.panic() || standing.endpoints().get(standing.at(i)).serves()).isTrue();
        sum += standing.weight(i);
      }
      assertThat(standing.weight()).isEqualTo(sum);
    }
  }
}
