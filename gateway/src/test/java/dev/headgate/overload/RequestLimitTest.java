package dev.headgate.overload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.health.UpstreamHealth;
import dev.headgate.health.Upstreams;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RequestLimitTest {
  private final List<String> told = new ArrayList<>();

  private RequestLimit limit(int requests, int queue) {
    String rules = "limits: { requests: %d, queue: %d }".formatted(requests, queue);
    return Objects.requireNonNull(
        RequestLimit.of(Upstreams.of(1, rules), (_, what) -> told.add(what)));
  }

  @Test
  void isNotThereUnlessAskedFor() {
    assertThat(new UpstreamHealth("o", Upstreams.of(1, "")).requests()).isNull();
  }

  @Test
  void whoHasWaitedLongestGetsTheNextPlace() {
    RequestLimit limit = limit(1, 2);
    List<String> served = new ArrayList<>();
    assertThat(limit.take()).isTrue();
    assertThat(limit.take()).isFalse();
    Queued first = limit.enqueue(Runnable::run, () -> served.add("first"));
    assertThat(limit.enqueue(Runnable::run, () -> served.add("second"))).isNotNull();
    assertThat(limit.enqueue(Runnable::run, () -> served.add("third"))).isNull();
    limit.free();
    assertThat(served).containsExactly("first");
    assertThat(Objects.requireNonNull(first).leave()).as("it has a place").isFalse();
    limit.free();
    assertThat(served).containsExactly("first", "second");
    limit.free();
    assertThat(limit.taken()).isZero();
    assertThat(limit.queued()).isZero();
  }

  @Test
  void whoLeavesTheLineTakesNoPlace() {
    RequestLimit limit = limit(1, 2);
    List<String> served = new ArrayList<>();
    limit.take();
    Queued first = limit.enqueue(Runnable::run, () -> served.add("first"));
    limit.enqueue(Runnable::run, () -> served.add("second"));
    assertThat(Objects.requireNonNull(first).leave()).isTrue();
    assertThat(first.leave()).isFalse();
    limit.free();
    assertThat(served).containsExactly("second");
  }

  @Test
  void operatorsAreToldOnceWhenItBegins() {
    RequestLimit limit = limit(1, 0);
    limit.take();
    long second = TimeUnit.SECONDS.toNanos(1);
    for (int i = 1; i <= 100; i++) {
      limit.refused(i * second);
    }
    assertThat(told).containsExactly("requests are turned away: 1 are under way and 0 wait");
    limit.refused(120 * second);
    assertThat(told).hasSize(2);
  }

  /** Whatever happens in whatever order, the bounds hold and nobody waits beside a free place. */
  @Test
  void neverHasMoreThanItMay() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      int most = 1 + random.nextInt(5);
      int longest = random.nextInt(5);
      RequestLimit limit = limit(most, longest);
      int[] has = new int[1];
      Queue<Runnable> loop = new ArrayDeque<>();
      List<@Nullable Queued> waiting = new ArrayList<>();
      for (int step = 0; step < 2000; step++) {
        switch (random.nextInt(4)) {
          case 0 -> has[0] += limit.take() ? 1 : 0;
          case 1 -> {
            if (!limit.take()) {
              Queued one = limit.enqueue(loop::add, () -> has[0]++);
              if (one != null) {
                waiting.add(one);
              }
            } else {
              has[0]++;
            }
          }
          case 2 -> {
            if (has[0] > 0) {
              has[0]--;
              limit.free();
            }
          }
          default -> {
            if (!waiting.isEmpty()) {
              Objects.requireNonNull(waiting.remove(random.nextInt(waiting.size()))).leave();
            }
          }
        }
        if (random.nextBoolean()) {
          loop.forEach(Runnable::run);
          loop.clear();
        }
        assertThat(limit.taken()).isBetween(0, most).isEqualTo(has[0] + loop.size());
        assertThat(limit.queued()).isBetween(0, longest);
        assertThat(limit.queued() == 0 || limit.taken() == most).isTrue();
      }
    }
  }

  @Test
  void losesNobodyWhateverLoopsDoAtOnce() throws Exception {
    int threads = 4;
    RequestLimit limit = limit(3, 1000);
    AtomicInteger under = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger served = new AtomicInteger();
    CountDownLatch begin = new CountDownLatch(1);
    try (ExecutorService loops = Executors.newFixedThreadPool(threads);
        ExecutorService loop = Executors.newSingleThreadExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      Runnable request =
          () -> {
            most.accumulateAndGet(under.incrementAndGet(), Math::max);
            Thread.yield();
            under.decrementAndGet();
            served.incrementAndGet();
            limit.free();
          };
      for (int thread = 0; thread < threads; thread++) {
        running.add(
            loops.submit(() -> {
              begin.await();
              for (int i = 0; i < 5000; i++) {
                if (limit.take()) {
                  request.run();
                } else if (limit.enqueue(loop, request) == null) {
                  served.incrementAndGet(); // turned away
                }
              }
              return null;
            }));
      }
      begin.countDown();
      for (Future<?> one : running) {
        one.get(20, TimeUnit.SECONDS);
      }
      while (limit.taken() > 0 || limit.queued() > 0) {
        Thread.onSpinWait();
      }
    }
    assertThat(served.get()).isEqualTo(threads * 5000);
    assertThat(most.get()).isLessThanOrEqualTo(3);
    assertThat(limit.taken()).isZero();
    assertThat(limit.queued()).isZero();
  }
}
