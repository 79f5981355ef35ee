package dev.headgate.ledger;

import dev.headgate.plan.QuotaKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What operators may see and do with quotas. Each change is one transaction with its entry in the
 * audit; gateways know of it with their next batch. Blocks.
 */
public final class QuotaBook {
  private static final int LONGEST = 500;

  private final Connection connection;
  private final Clock clock;

  public QuotaBook(Connection connection, Clock clock) {
    this.connection = connection;
    this.clock = clock;
  }

  /** What was used of a quota, and what was granted on top of it. */
  public record Use(long used, long granted) {}

  /**
   * An entry of the audit.
   *
   * @param amount what was granted, or how much had been used before it was reset
   */
  public record Entry(
      Instant at, String who, String what, QuotaKeyText key, long amount, String why) {}

  /** Of which quota an entry is. */
  public record QuotaKeyText(String consumer, String plan, String period, Instant begins) {}

  /** Who changes something, and why. */
  public record Reason(String who, String why) {
    public Reason {
      if (who.isBlank() || who.length() > LONGEST || why.isBlank() || why.length() > LONGEST) {
        throw new IllegalArgumentException(
            "who and why are needed, in at most " + LONGEST + " characters");
      }
    }
  }

  /** What the ledger says of a quota. */
  public Use use(QuotaKey key) throws SQLException {
    try {
      return found(key);
    } finally {
      connection.rollback();
    }
  }

  private Use found(QuotaKey key) throws SQLException {
    String id = LedgerTransaction.id(key);
    LedgerTransaction.Known known = new LedgerTransaction(connection).known(List.of(id)).get(id);
    return known == null ? new Use(0, 0) : new Use(known.used(), known.granted());
  }

  /** Lets a consumer use so many more in the period. */
  public Use grant(QuotaKey key, long requests, Reason reason) throws SQLException {
    return change(
        key,
        "grant",
        reason,
        "UPDATE headgate_quota SET granted = granted + ?, warned = 0 WHERE id = ?",
        requests);
  }

  /** Has the period begin anew: nothing is used. What was granted stays; the usage stays, too. */
  public Use reset(QuotaKey key, Reason reason) throws SQLException {
    return change(
        key, "reset", reason, "UPDATE headgate_quota SET used = 0 * ?, warned = 0 WHERE id = ?", 0);
  }

  private Use change(QuotaKey key, String what, Reason reason, String sql, long amount)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        PreparedStatement update = connection.prepareStatement(sql)) {
      // First, so that all that change something do so one after the other.
      statement.executeUpdate("UPDATE headgate_schema SET changes = changes + 1");
      long number = new LedgerTransaction(connection).changes();
      new LedgerTransaction(connection).addNothing(key);
      Use before = found(key);
      update.setLong(1, amount);
      update.setString(2, LedgerTransaction.id(key));
      update.executeUpdate();
      Use after = found(key);
      audit(number, what, key, what.equals("reset") ? before.used() : amount, reason);
      connection.commit();
      return after;
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  private void audit(long number, String what, QuotaKey key, long amount, Reason reason)
      throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            """
            INSERT INTO headgate_audit
                (id, at, who, what, consumer, plan, period, begins, amount, why)
              VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      insert.setLong(1, number);
      insert.setLong(2, clock.millis());
      insert.setString(3, reason.who());
      insert.setString(4, what);
      insert.setString(5, key.consumer());
      insert.setString(6, key.plan());
      insert.setString(7, key.period().word());
      insert.setLong(8, key.time().beginMillis());
      insert.setLong(9, amount);
      insert.setString(10, reason.why());
      insert.executeUpdate();
    }
  }

  /** The last entries, the latest first. */
  public List<Entry> audit(int most) throws SQLException {
    List<Entry> entries = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT at, who, what, consumer, plan, period, begins, amount, why FROM headgate_audit"
                + " ORDER BY id DESC LIMIT ?")) {
      select.setInt(1, most);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          entries.add(
              new Entry(
                  Instant.ofEpochMilli(rows.getLong(1)),
                  rows.getString(2),
                  rows.getString(3),
                  new QuotaKeyText(
                      rows.getString(4),
                      rows.getString(5),
                      rows.getString(6),
                      Instant.ofEpochMilli(rows.getLong(7))),
                  rows.getLong(8),
                  rows.getString(9)));
        }
      }
    } finally {
      connection.rollback();
    }
    return entries;
  }
}
