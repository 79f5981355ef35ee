package dev.headgate.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.config.Upstream;
import dev.headgate.health.Standing;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.health.Upstreams;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashRingTest {
  private static final int REQUESTS = 100_000;

  private final UpstreamHealth ten = new UpstreamHealth("o", Upstreams.of(10, ""));

  private static List<Upstream.Endpoint> endpoints(int count) {
    List<Upstream.Endpoint> endpoints = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      endpoints.add(new Upstream.Endpoint(URI.create("http://10.0.0." + i + ":80"), 1, 0));
    }
    return endpoints;
  }

  private static int[] choices(HashRing ring, Standing standing) {
    Random random = new Random(1);
    int[] chosen = new int[REQUESTS];
    for (int i = 0; i < REQUESTS; i++) {
      chosen[i] = ring.choose(random.nextLong(), standing, _ -> false);
    }
    return chosen;
  }

  private static int[] shares(int[] chosen, int endpoints) {
    int[] shares = new int[endpoints];
    for (int one : chosen) {
      shares[one]++;
    }
    return shares;
  }

  @Test
  void whenOneOfTenIsLeftOutOnlyItsRequestsMoveAndTheyGoToAllOthers() {
    HashRing ring = HashRing.of(endpoints(10));
    int[] before = choices(ring, ten.standing());
    for (int gone = 0; gone < 10; gone++) {
      UpstreamHealth health = new UpstreamHealth("o", Upstreams.of(10, ""));
      for (int i = 0; i < 3; i++) {
        health.failed(gone, false, 1);
      }
      int[] after = choices(ring, health.standing());
      int moved = 0;
      for (int i = 0; i < REQUESTS; i++) {
        if (before[i] != after[i]) {
          assertThat(before[i]).isEqualTo(gone);
          moved++;
        }
      }
      assertThat(moved).isBetween(1, (int) (1.1 * REQUESTS / 10));
      int[] more = shares(after, 10);
      assertThat(more[gone]).isZero();
      for (int i = 0; i < 10; i++) {
        assertThat(i == gone ? REQUESTS / 9 : more[i]).isCloseTo(REQUESTS / 9, within(1500));
      }
    }
  }

  @Test
  void whenOneOfTenIsTakenOutOfTheConfigurationOnlyItsRequestsMove() {
    List<Upstream.Endpoint> some = endpoints(10);
    int[] before = choices(HashRing.of(some), ten.standing());
    int[] after =
        choices(
            HashRing.of(some.subList(0, 9)),
            new UpstreamHealth("o", Upstreams.of(9, "")).standing());
    int moved = 0;
    for (int i = 0; i < REQUESTS; i++) {
      if (before[i] != after[i]) {
        assertThat(before[i]).isEqualTo(9);
        moved++;
      }
    }
    assertThat(moved).isLessThan((int) (1.1 * REQUESTS / 10));
  }

  @Test
  void sharesAreAsTheWeightsSay() {
    List<Upstream.Endpoint> some = new ArrayList<>(endpoints(9));
    some.add(new Upstream.Endpoint(URI.create("http://10.0.0.10:80"), 3, 0));
    int[] shares = shares(choices(HashRing.of(some), ten.standing()), 10);
    for (int i = 0; i < 9; i++) {
      assertThat(shares[i]).isCloseTo(REQUESTS / 12, within(REQUESTS / 100));
    }
    assertThat(shares[9]).isCloseTo(REQUESTS / 4, within(REQUESTS / 100));
  }

  @Test
  void anEndpointThatWasTriedIsPassedOverWhileThereIsAnother() {
    HashRing ring = HashRing.of(endpoints(10));
    int own = ring.choose(42, ten.standing(), _ -> false);
    int next = ring.choose(42, ten.standing(), tried -> tried == own);
    assertThat(next).isNotEqualTo(own);
    assertThat(ring.choose(42, ten.standing(), _ -> true)).isEqualTo(own);
    assertThat(ring.choose(Long.MAX_VALUE, ten.standing(), _ -> false)).isBetween(0, 9);
    assertThat(ring.choose(Long.MIN_VALUE, ten.standing(), _ -> false)).isBetween(0, 9);
  }

  @Test
  void everyEndpointHasAPlaceHoweverManyThereAre() {
    List<Upstream.Endpoint> many = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      many.add(
          new Upstream.Endpoint(
              URI.create("http://10.0." + i / 250 + "." + i % 250 + ":80"), 1, 0));
    }
    many.add(new Upstream.Endpoint(URI.create("http://10.1.0.1:80"), 1000, 0));
    HashRing ring = HashRing.of(many);
    assertThat(ring).isNotNull();
  }
}
