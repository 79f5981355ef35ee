package dev.headgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.headgate.plan.Counting;
import dev.headgate.plan.Meters;
import dev.headgate.plan.QuotaKey;
import dev.headgate.testkit.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaBookTest {
  private static final QuotaBook.Reason LAUNCH = new QuotaBook.Reason("ada", "launch day");

  private static Databases databases;

  @TempDir private Path folder;

  private final ManualClock clock = new ManualClock();
  private final Meters meters = new Meters();
  private final Counting counting = new Counting(meters, 100);

  @BeforeAll
  static void startDatabases() throws IOException {
    databases = new Databases();
  }

  @AfterAll
  static void stopDatabases() throws IOException {
    databases.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void whatIsGrantedOrResetIsKnownToGatewaysWithTheirNextBatch(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    LedgerWriter writer = new LedgerWriter(store, meters, clock, Duration.ofSeconds(1));
    QuotaKey key = counting.counter("acme", clock.millis()).key();
    counting.count("acme", clock.millis(), 100);
    writer.writeAll();
    assertThat(counting.take("acme", clock.millis())).isFalse();

    try (Connection connection = store.open()) {
      QuotaBook book = new QuotaBook(connection, clock);
      assertThat(book.grant(key, 2, LAUNCH)).isEqualTo(new QuotaBook.Use(100, 2));
      writer.writeAll(); // nothing was counted: it looks all the same
      assertThat(counting.take("acme", clock.millis())).isTrue();
      assertThat(counting.take("acme", clock.millis())).isTrue();
      assertThat(counting.take("acme", clock.millis())).isFalse();
      writer.writeAll();
      assertThat(book.use(key)).isEqualTo(new QuotaBook.Use(102, 2));

      assertThat(book.reset(key, new QuotaBook.Reason("bob", "our fault")))
          .isEqualTo(new QuotaBook.Use(0, 2));
      writer.writeAll();
      assertThat(counting.take("acme", clock.millis())).isTrue();
      writer.writeAll();
      assertThat(book.use(key)).isEqualTo(new QuotaBook.Use(1, 2));
      assertThat(Databases.requests(store, "acme")).as("what is to be paid").isEqualTo(100);
      assertThat(book.audit(10))
          .extracting(
              entry -> entry.who() + " " + entry.what() + " " + entry.amount() + " " + entry.why())
          .containsExactly("bob reset 102 our fault", "ada grant 2 launch day");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void aGrantBeforeAnythingWasUsedCounts(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    QuotaKey key = counting.counter("acme", clock.millis()).key();
    try (Connection connection = store.open()) {
      assertThat(new QuotaBook(connection, clock).grant(key, 5, LAUNCH))
          .isEqualTo(new QuotaBook.Use(0, 5));
    }
    LedgerWriter writer = new LedgerWriter(store, meters, clock, Duration.ofSeconds(1));
    writer.writeAll();
    assertThat(counting.counter("acme", clock.millis()).granted()).isEqualTo(5);
  }

  @Test
  void nobodyChangesAnythingWithoutAReason() {
    assertThatThrownBy(() -> new QuotaBook.Reason("ada", " "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new QuotaBook.Reason("", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
