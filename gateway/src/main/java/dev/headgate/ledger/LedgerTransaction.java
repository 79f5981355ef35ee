package dev.headgate.ledger;

import dev.headgate.plan.QuotaCounter;
import dev.headgate.plan.QuotaKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The statements of one transaction of the writer. Its caller commits. */
final class LedgerTransaction {
  private static final int CHUNK = 500;
  private static final long DAY_MILLIS = 86_400_000;
  private static final long FORGOTTEN_DAYS = 30;

  private final Connection connection;

  LedgerTransaction(Connection connection) {
    this.connection = connection;
  }

  /** What the ledger says of a quota. */
  record Known(long used, long granted, long warned) {}

  static String id(QuotaKey key) {
    return UsageRow.id(
        key.consumer(),
        key.plan(),
        key.period().word(),
        Long.toString(key.time().beginMillis()),
        Long.toString(key.time().endMillis()));
  }

  /**
   * Makes a writer known, and forgets those that have not been seen for long.
   *
   * @param batch the number of the last batch that it has written
   */
  void register(String run, long batch, long nowMillis) throws SQLException {
    try (PreparedStatement insert =
            connection.prepareStatement(
                "INSERT INTO headgate_writer (run, batch, seen) VALUES (?, ?, ?)"
                    + " ON CONFLICT (run) DO UPDATE SET batch = excluded.batch");
        PreparedStatement forget =
            connection.prepareStatement("DELETE FROM headgate_writer WHERE seen < ?")) {
      insert.setString(1, run);
      insert.setLong(2, batch);
      insert.setLong(3, nowMillis);
      insert.executeUpdate();
      forget.setLong(1, nowMillis - FORGOTTEN_DAYS * DAY_MILLIS);
      forget.executeUpdate();
    }
  }

  /**
   * Claims the number of a batch. Whoever has an earlier attempt under way is waited for.
   *
   * @return false if the batch of that number is written already
   * @throws SQLException if the ledger does not know this writer as it should
   */
  boolean claim(String run, long number, long nowMillis) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE headgate_writer SET batch = ?, seen = ? WHERE run = ? AND batch = ?")) {
      update.setLong(1, number);
      update.setLong(2, nowMillis);
      update.setString(3, run);
      update.setLong(4, number - 1);
      if (update.executeUpdate() == 1) {
        return true;
      }
    }
    try (PreparedStatement select =
        connection.prepareStatement("SELECT batch FROM headgate_writer WHERE run = ?")) {
      select.setString(1, run);
      try (ResultSet rows = select.executeQuery()) {
        if (rows.next() && rows.getLong(1) == number) {
          return false;
        }
      }
    }
    throw new LostWriter(
        "the ledger does not know this writer: was it put back to an older state?");
  }

  /** The ledger is not the one that this writer has written to. */
  static final class LostWriter extends SQLException {
    private static final long serialVersionUID = 1;

    LostWriter(String message) {
      super(message);
    }
  }

  /**
   * Adds to the records of each hour and line, in one order, so that writers do not deadlock.
   *
   * @param series tells records apart that would be the same; usually empty
   */
  void addUsage(Map<Batch.Entry, Long> usage, long booked, String series) throws SQLException {
    record Row(String id, Batch.Entry entry, long requests) {}
    List<Row> rows = new ArrayList<>();
    usage.forEach((entry, requests) ->
        rows.add(
            new Row(UsageRow.id(entry.hour(), booked, entry.line(), series), entry, requests)));
    rows.sort(Comparator.comparing(Row::id));
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO headgate_usage
                (id, hour, booked, consumer, product, plan, kind, price, requests)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
              ON CONFLICT (id) DO UPDATE SET requests = headgate_usage.requests + excluded.requests
            """)) {
      for (Row row : rows) {
        insert.setString(1, row.id());
        insert.setLong(2, row.entry().hour());
        insert.setLong(3, booked);
        insert.setString(4, row.entry().line().consumer());
        insert.setString(5, row.entry().line().product());
        insert.setString(6, row.entry().line().plan());
        insert.setString(7, row.entry().line().kind().word());
        insert.setString(8, UsageRow.price(row.entry().line()));
        insert.setLong(9, row.requests());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Adds what counters have taken. */
  void addTaken(List<Batch.SeenCounter> counters) throws SQLException {
    Map<QuotaKey, Long> taken = new HashMap<>();
    counters.forEach(seen -> taken.put(seen.counter().key(), seen.taken()));
    addTaken(taken);
  }

  /** Makes a quota known that nobody has used. */
  void addNothing(QuotaKey key) throws SQLException {
    addTaken(Map.of(key, 0L));
  }

  private void addTaken(Map<QuotaKey, Long> taken) throws SQLException {
    record Row(String id, QuotaKey key, long taken) {}
    List<Row> rows = new ArrayList<>();
    taken.forEach((key, count) -> rows.add(new Row(id(key), key, count)));
    rows.sort(Comparator.comparing(Row::id));
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO headgate_quota
                (id, consumer, plan, period, begins, ends, used, granted, warned)
              VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)
              ON CONFLICT (id) DO UPDATE SET used = headgate_quota.used + excluded.used
            """)) {
      for (Row row : rows) {
        insert.setString(1, row.id());
        insert.setString(2, row.key().consumer());
        insert.setString(3, row.key().plan());
        insert.setString(4, row.key().period().word());
        insert.setLong(5, row.key().time().beginMillis());
        insert.setLong(6, row.key().time().endMillis());
        insert.setLong(7, row.taken());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** What the ledger says of these, by their ids; nothing of those that it has not. */
  Map<String, Known> known(Collection<String> ids) throws SQLException {
    Map<String, Known> known = new HashMap<>();
    List<String> all = List.copyOf(ids);
    for (int from = 0; from < all.size(); from += CHUNK) {
      List<String> chunk = all.subList(from, Math.min(all.size(), from + CHUNK));
      String marks = "?, ".repeat(chunk.size() - 1) + "?";
      try (PreparedStatement select =
          connection.prepareStatement(
              "SELECT id, used, granted, warned FROM headgate_quota WHERE id IN (" + marks + ")")) {
        for (int i = 0; i < chunk.size(); i++) {
          select.setString(i + 1, chunk.get(i));
        }
        try (ResultSet rows = select.executeQuery()) {
          while (rows.next()) {
            known.put(
                rows.getString(1), new Known(rows.getLong(2), rows.getLong(3), rows.getLong(4)));
          }
        }
      }
    }
    return known;
  }

  /** Notes that it has been warned of a quota; of several writers, one is told that it did. */
  boolean warn(QuotaCounter counter, long level) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE headgate_quota SET warned = ? WHERE id = ? AND warned < ?")) {
      update.setLong(1, level);
      update.setString(2, id(counter.key()));
      update.setLong(3, level);
      return update.executeUpdate() == 1;
    }
  }

  /** How often somebody has changed quotas. */
  long changes() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT changes FROM headgate_schema")) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
