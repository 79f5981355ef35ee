package dev.headgate.ledger;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which records of the ledger are asked for: those of the hours that begin in a time.
 *
 * @param consumer null for all
 * @param product null for all
 * @param until the first moment that does not belong to it
 */
public record UsageQuery(
    @Nullable String consumer, @Nullable String product, Instant from, Instant until) {
  private static final long HOUR_SECONDS = Duration.ofHours(1).toSeconds();
  private static final int FETCH = 1000;

  /** Shows each record, in order of its hour, however many there are. Blocks. */
  public void forEach(Connection connection, Consumer<UsageRow> rows) throws SQLException {
    String sql =
        "SELECT id, hour, booked, consumer, product, plan, kind, price, requests FROM headgate_usage"
            + " WHERE hour >= ? AND hour < ?"
            + (consumer == null ? "" : " AND consumer = ?")
            + (product == null ? "" : " AND product = ?")
            + " ORDER BY hour, consumer, product, plan, kind, price, booked";
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setFetchSize(FETCH);
      int at = 1;
      select.setLong(at++, Math.ceilDiv(from.getEpochSecond(), HOUR_SECONDS));
      select.setLong(at++, Math.ceilDiv(until.getEpochSecond(), HOUR_SECONDS));
      if (consumer != null) {
        select.setString(at++, consumer);
      }
      if (product != null) {
        select.setString(at, product);
      }
      try (ResultSet found = select.executeQuery()) {
        while (found.next()) {
          rows.accept(
              new UsageRow(
                  found.getString(1),
                  found.getLong(2),
                  found.getLong(3),
                  UsageRow.line(
                      found.getString(4),
                      found.getString(5),
                      found.getString(6),
                      found.getString(7),
                      found.getString(8)),
                  found.getLong(9)));
        }
      }
    } finally {
      connection.rollback();
    }
  }
}
