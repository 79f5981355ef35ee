package dev.headgate.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.config.Allowance.Period;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QuotaCounterTest {
  private static QuotaCounter counter() {
    return new QuotaCounter(
        new QuotaKey("acme", "gold", Period.DAY, new CalendarPeriod(0, 86_400_000)));
  }

  @Test
  void manyThatAskAtOnceGetExactlyAsManyAsThereAre() throws Exception {
    QuotaCounter counter = counter();
    counter.learn(100, 0, 50);
    AtomicLong got = new AtomicLong();
    CountDownLatch begin = new CountDownLatch(1);
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        threads.submit(() -> {
          begin.await();
          for (int n = 0; n < 50_000; n++) {
            if (counter.take(1000)) {
              got.incrementAndGet();
              if (n % 3 == 0) {
                counter.giveBack();
                got.decrementAndGet();
              }
            }
          }
          return null;
        });
      }
      begin.countDown();
    }
    while (counter.take(1000)) {
      got.incrementAndGet();
    }
    assertThat(got).hasValue(1000 + 50 - 100);
    assertThat(counter.used()).isEqualTo(1050);
  }

  @Test
  void whatTheLedgerTellsIsNotCountedTwice() {
    QuotaCounter counter = counter();
    counter.take(10);
    counter.take(10);
    counter.take(10);
    counter.learn(7, 2, 0); // 2 of our 3 are written, others have 5
    assertThat(counter.used()).isEqualTo(8);
  }
}
