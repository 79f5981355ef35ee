package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class FamilyTest {
  @Test
  void givesLoopsThatAskForTheLastSeriesAtOnceTheSameOne() throws Exception {
    int loops = 4;
    CyclicBarrier together = new CyclicBarrier(loops);
    try (ExecutorService threads = Executors.newFixedThreadPool(loops)) {
      for (int round = 0; round < 2000; round++) {
        Family family = new Family(1, 0, () -> 1);
        List<Future<Object>> asked = new ArrayList<>();
        for (int loop = 0; loop < loops; loop++) {
          asked.add(
              threads.submit(() -> {
                together.await();
                return String.valueOf(family.series());
              }));
        }
        Object first = asked.getFirst().get();
        assertThat(first).isNotEqualTo("null");
        for (Future<Object> one : asked) {
          assertThat(one.get()).isEqualTo(first);
        }
      }
    }
  }
}
