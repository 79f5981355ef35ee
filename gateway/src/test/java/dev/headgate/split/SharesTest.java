package dev.headgate.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.headgate.config.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SharesTest {
  private static final int CALLERS = 100_000;

  /** How many callers go from each side to each when weights change. */
  private static int[][] moves(List<Route.Target> before, List<Route.Target> after) {
    Random random = new Random(7);
    Shares old = new Shares(before);
    Shares now = new Shares(after);
    int[][] moved = new int[before.size()][after.size()];
    for (int i = 0; i < CALLERS; i++) {
      long caller = random.nextLong();
      moved[old.of(caller)][now.of(caller)]++;
    }
    return moved;
  }

  private static List<Route.Target> sides(int... weights) {
    List<Route.Target> sides = new ArrayList<>();
    for (int i = 0; i < weights.length; i++) {
      sides.add(new Route.Target("orders-v" + i, weights[i], null));
    }
    return sides;
  }

  private static int sum(int... numbers) {
    int sum = 0;
    for (int number : numbers) {
      sum += number;
    }
    return sum;
  }

  @Test
  void eachSideHasTheShareThatItsWeightSays() {
    int[][] moved = moves(sides(70, 20, 10, 0), sides(70, 20, 10, 0));

    assertThat(sum(moved[0])).isCloseTo(70_000, within(800));
    assertThat(sum(moved[1])).isCloseTo(20_000, within(600));
    assertThat(sum(moved[2])).isCloseTo(10_000, within(500));
    assertThat(sum(moved[3])).isZero();
  }

  @Test
  void aLargerShareTakesOnlyWhatItComesToHave() {
    int[][] moved = moves(sides(90, 10), sides(80, 20));

    assertThat(moved[1][0]).as("nobody leaves the side that grows").isZero();
    assertThat(moved[0][1]).isCloseTo(10_000, within(500));
  }

  @Test
  void nobodyMovesBetweenSidesThatStayAsTheyAre() {
    int[][] moved = moves(sides(50, 30, 20), sides(50, 30, 40));

    assertThat(moved[0][1]).isZero();
    assertThat(moved[1][0]).isZero();
    assertThat(moved[2][0] + moved[2][1]).isZero();
    assertThat(sum(moved[0][2], moved[1][2])).isCloseTo(13_333, within(600));
  }

  @Test
  void aSideWithoutWeightTakesNobodyAndItsCallersGoToTheOthers() {
    int[][] moved = moves(sides(50, 25, 25), sides(50, 25, 0));

    assertThat(moved[0][0]).isEqualTo(sum(moved[0]));
    assertThat(moved[1][1]).isEqualTo(sum(moved[1]));
    assertThat(moved[2][2]).isZero();
  }

  @Test
  void theOrderOfTheSidesPlaysNoPart() {
    List<Route.Target> sides = sides(60, 40);
    Shares there = new Shares(sides);
    Shares back = new Shares(sides.reversed());
    for (long caller = 0; caller < 1000; caller++) {
      assertThat(back.of(caller)).isEqualTo(1 - there.of(caller));
    }
  }
}
