package dev.headgate.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.ledger.BreakingStore.Fault;
import dev.headgate.plan.Counting;
import dev.headgate.plan.Meters;
import dev.headgate.testkit.ManualClock;
import dev.headgate.testkit.UnreachablePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is counted is written once, whatever breaks; on both databases, by the same code. */
class LedgerWriterTest {
  private static final Duration FLUSH = Duration.ofSeconds(1);

  private static Databases databases;

  @TempDir private Path folder;

  private final ManualClock clock = new ManualClock();

  @BeforeAll
  static void startDatabases() throws IOException {
    databases = new Databases();
  }

  @AfterAll
  static void stopDatabases() throws IOException {
    databases.close();
  }

  /** A gateway's part, whose writer writes when the test says so. */
  private final class Side {
    final Meters meters = new Meters();
    final Counting counting = new Counting(meters, 100);
    final LedgerWriter writer;

    Side(@Nullable LedgerStore store) {
      writer = new LedgerWriter(store, meters, clock, FLUSH);
      meters.unknown(true);
    }

    void count(String consumer, int requests) {
      counting.count(consumer, clock.millis(), requests);
    }

    long used(String consumer) {
      return counting.counter(consumer, clock.millis()).used();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void whatIsCountedIsWrittenOnce(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    Side side = new Side(store);
    side.count("acme", 3);
    side.writer.writeAll();
    side.writer.writeAll();
    side.count("acme", 4);
    side.count("other", 1);
    side.writer.writeAll();

    assertThat(side.writer.up()).isTrue();
    assertThat(Databases.requests(store, "acme")).isEqualTo(7);
    assertThat(Databases.used(store, "acme")).isEqualTo(7);
    assertThat(Databases.requests(store, "other")).isEqualTo(1);
    assertThat(Databases.number(store, "SELECT COUNT(*) FROM headgate_usage")).isEqualTo(2);
    assertThat(side.meters.sheets()).as("what is written is let go of").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void whateverBreaksNothingIsLostOrCountedTwice(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    Random random = new Random(42);
    Fault[] faults = Fault.values();
    boolean[] calm = {false};
    Side side =
        new Side(
            new BreakingStore(
                store, () -> calm[0] ? Fault.NOTHING : faults[random.nextInt(faults.length)]));
    long counted = 0;
    for (int i = 0; i < 150; i++) {
      int requests = random.nextInt(1, 9);
      side.count("acme", requests);
      counted += requests;
      side.writer.writeAll();
      if (i % 7 == 0) {
        clock.advance(Duration.ofMinutes(25));
      }
    }
    calm[0] = true;
    side.writer.writeAll();

    assertThat(side.writer.failures()).isPositive();
    assertThat(Databases.requests(store, "acme")).isEqualTo(counted);
    assertThat(Databases.used(store, "acme")).isEqualTo(counted);
    assertThat(side.used("acme")).isEqualTo(counted);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void whatComesAfterItsHourGetsARecordOfItsOwn(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    Fault[] fault = {Fault.NOTHING};
    Side side = new Side(new BreakingStore(store, () -> fault[0]));
    side.count("acme", 1);
    side.writer.writeAll();
    fault[0] = Fault.NO_CONNECTION;
    side.count("acme", 2);
    // The connection at hand breaks first.
    fault[0] = Fault.BEFORE_COMMIT;
    side.writer.writeAll();
    fault[0] = Fault.NO_CONNECTION;
    clock.advance(Duration.ofHours(3));
    side.count("acme", 4);
    side.writer.writeAll();
    assertThat(side.writer.up()).isFalse();
    fault[0] = Fault.NOTHING;
    side.writer.writeAll();

    assertThat(side.writer.up()).isTrue();
    assertThat(
            Databases.number(
                store, "SELECT requests FROM headgate_usage WHERE booked = hour AND requests = 1"))
        .isEqualTo(1);
    assertThat(Databases.number(store, "SELECT requests FROM headgate_usage WHERE booked > hour"))
        .isEqualTo(2);
    assertThat(Databases.requests(store, "acme")).isEqualTo(7);
  }

  @Test
  void aClockThatIsPutBackDoesNotReopenRecords() throws Exception {
    LedgerStore store = databases.fresh("sqlite", folder);
    Side side = new Side(store);
    side.count("acme", 1);
    side.writer.writeAll();
    clock.jump(Duration.ofDays(365));
    side.count("acme", 2);
    side.writer.writeAll();
    clock.jump(Duration.ofDays(-365));
    side.count("acme", 4);
    side.writer.writeAll();
    side.count("acme", 8);
    side.writer.writeAll();
    assertThat(Databases.number(store, "SELECT COUNT(*) FROM headgate_usage WHERE requests = 1"))
        .as("that was exported, perhaps")
        .isEqualTo(1);
    assertThat(
            Databases.number(store, "SELECT booked - hour FROM headgate_usage WHERE requests = 12"))
        .as("and this is not hidden until the clock is there again")
        .isZero();
    assertThat(Databases.requests(store, "acme")).isEqualTo(15);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void severalGatewaysAddUpAndLearnOfEachOther(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    Side one = new Side(store);
    Side two = new Side(store);
    one.count("acme", 50);
    two.count("acme", 30);
    one.writer.writeAll();
    two.writer.writeAll();
    assertThat(two.used("acme")).isEqualTo(80);
    one.count("acme", 1);
    one.writer.writeAll();
    assertThat(one.used("acme")).isEqualTo(81);
    assertThat(Databases.requests(store, "acme")).isEqualTo(81);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void aRestartKnowsWhatWasUsed(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    Side before = new Side(store);
    before.count("acme", 60);
    before.writer.writeAll();
    Side after = new Side(store);
    after.count("acme", 1); // before the store is there
    assertThat(after.meters.unknown()).isTrue();
    after.writer.writeAll();
    assertThat(after.meters.unknown()).isFalse();
    assertThat(after.used("acme")).isEqualTo(61);
    clock.advance(Duration.ofDays(31));
    assertThat(after.used("acme")).as("another month").isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void ofAQuotaThatIsUsedUpOneGatewayTellsOnce(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    Side one = new Side(store);
    Side two = new Side(store);
    one.count("acme", 79);
    one.writer.writeAll();
    assertThat(one.writer.events().warnings()).isZero();
    two.count("acme", 1);
    two.writer.writeAll();
    one.count("acme", 1);
    one.writer.writeAll();
    assertThat(one.writer.events().warnings() + two.writer.events().warnings()).isEqualTo(1);
    one.count("acme", 19);
    one.writer.writeAll();
    two.count("acme", 1);
    two.writer.writeAll();
    assertThat(one.writer.events().exhausted() + two.writer.events().exhausted()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgres"})
  void aLedgerThatWasPutBackToAnOlderStateIsWrittenOn(String kind) throws Exception {
    LedgerStore store = databases.fresh(kind, folder);
    Side side = new Side(store);
    side.count("acme", 1);
    side.writer.writeAll();
    side.count("acme", 1);
    side.writer.writeAll();
    try (Connection connection = store.open();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM headgate_writer");
      connection.commit();
    }
    side.count("acme", 5);
    side.writer.writeAll();
    assertThat(side.writer.up()).isFalse();
    side.writer.writeAll();
    assertThat(side.writer.up()).isTrue();
    assertThat(Databases.requests(store, "acme")).isEqualTo(7);
  }

  @Test
  void aServerThatEndsItsConnectionsOrHoldsALockIsOutlived() throws Exception {
    LedgerStore store = databases.fresh("postgres", folder);
    Side side = new Side(store);
    side.count("acme", 1);
    side.writer.writeAll();
    databases.endConnections();
    side.count("acme", 2);
    side.writer.writeAll();
    assertThat(side.writer.up()).isFalse();
    side.count("acme", 4);
    side.writer.writeAll();
    assertThat(side.writer.up()).isTrue();
    try (Connection other = store.open();
        Statement statement = other.createStatement()) {
      statement.execute("LOCK TABLE headgate_quota IN ACCESS EXCLUSIVE MODE");
      side.count("acme", 8);
      side.writer.writeAll();
      assertThat(side.writer.up()).isFalse();
      other.rollback();
    }
    side.writer.writeAll();
    assertThat(side.writer.up()).isTrue();
    assertThat(Databases.requests(store, "acme")).isEqualTo(15);
    assertThat(Databases.used(store, "acme")).isEqualTo(15);
  }

  @Test
  void aServerThatIsNotThereIsNoHindrance() throws Exception {
    try (UnreachablePort port = UnreachablePort.refusing()) {
      LedgerStore away =
          new LedgerStore.Server(
              URI.create("postgresql://u@127.0.0.1:" + port.port() + "/d"), null);
      assertThat(away.toString()).doesNotContain("password");
      Side side = new Side(away);
      side.count("acme", 1);
      side.writer.writeAll();
      assertThat(side.writer.up()).isFalse();
      assertThat(side.meters.unknown()).isTrue();
      assertThat(side.used("acme")).isEqualTo(1);
    }
  }

  @Test
  void aFullDiskStopsNothingAndIsMadeUpFor() throws Exception {
    LedgerStore file = databases.fresh("sqlite", folder);
    boolean[] full = {false};
    Side side = new Side(new LimitedStore(file, full));
    side.count("acme", 1);
    side.writer.writeAll();
    assertThat(side.writer.up()).isTrue();
    full[0] = true;
    for (int i = 0; i < 400; i++) {
      side.count("consumer-with-a-name-that-takes-room-" + i, 1);
    }
    side.writer.writeAll();
    assertThat(side.writer.up()).as("the first connection has no limit").isTrue();
    side.writer.disconnect();
    for (int i = 0; i < 4000; i++) {
      side.count("another-consumer-with-a-name-that-takes-room-" + i, 1);
    }
    side.writer.writeAll();
    assertThat(side.writer.up()).isFalse();
    side.count("acme", 1);
    full[0] = false;
    side.writer.writeAll();
    assertThat(side.writer.up()).isTrue();
    assertThat(Databases.requests(file, "acme")).isEqualTo(2);
    assertThat(Databases.number(file, "SELECT SUM(requests) FROM headgate_usage")).isEqualTo(4402);
  }

  /** A store in which nothing more has room, as long as a test says so. */
  private record LimitedStore(LedgerStore store, boolean[] full) implements LedgerStore {
    @Override
    public Connection open() throws SQLException {
      Connection connection = store.open();
      if (full[0]) {
        try (Statement statement = connection.createStatement()) {
          statement.execute("PRAGMA max_page_count = 1");
          connection.rollback();
        }
      }
      return connection;
    }

    @Override
    public String shown() {
      return store.shown();
    }
  }

  @Test
  void aLockThatAnotherProcessHoldsIsOutlived() throws Exception {
    LedgerStore file = databases.fresh("sqlite", folder);
    Side side = new Side(file);
    side.count("acme", 1);
    side.writer.writeAll();
    try (Connection other = file.open();
        Statement statement = other.createStatement()) {
      statement.execute("UPDATE headgate_schema SET changes = changes");
      side.count("acme", 1);
      side.writer.writeAll();
      assertThat(side.writer.up()).isFalse();
      other.rollback();
    }
    side.writer.writeAll();
    assertThat(Databases.requests(file, "acme")).isEqualTo(2);
  }

  @Test
  void aLedgerOfALaterVersionIsLeftAlone() throws Exception {
    LedgerStore file = databases.fresh("sqlite", folder);
    try (Connection connection = file.open();
        Statement statement = connection.createStatement()) {
      statement.execute("UPDATE headgate_schema SET version = 99");
      connection.commit();
    }
    Side side = new Side(file);
    side.count("acme", 1);
    side.writer.writeAll();
    assertThat(side.writer.up()).isFalse();
  }

  @Test
  void withoutAStoreCountsLiveInMemory() {
    Side side = new Side(null);
    side.count("acme", 85);
    side.writer.writeAll();
    assertThat(side.writer.up()).isTrue();
    assertThat(side.used("acme")).isEqualTo(85);
    assertThat(side.writer.events().warnings()).isEqualTo(1);
    assertThat(side.meters.sheets()).isEmpty();
  }

  @Test
  void whatIsCountedBeforeTheEndIsWrittenAtTheEnd() throws Exception {
    LedgerStore file = databases.fresh("sqlite", folder);
    Side side = new Side(file);
    side.writer.start();
    side.count("acme", 9);
    side.writer.close();
    assertThat(Databases.requests(file, "acme")).isEqualTo(9);
  }
}
