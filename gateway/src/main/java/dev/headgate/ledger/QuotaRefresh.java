package dev.headgate.ledger;

import dev.headgate.config.Allowance.Period;
import dev.headgate.plan.CalendarPeriod;
import dev.headgate.plan.Meters;
import dev.headgate.plan.QuotaCounter;
import dev.headgate.plan.QuotaKey;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What the ledger says of some quotas: read at the end of a transaction, told when it is committed.
 */
final class QuotaRefresh {
  private static final LedgerTransaction.Known NOTHING = new LedgerTransaction.Known(0, 0, 0);

  private final Map<String, QuotaCounter> wanted = new HashMap<>();
  private Map<String, LedgerTransaction.Known> known = Map.of();

  void add(QuotaCounter counter) {
    wanted.put(LedgerTransaction.id(counter.key()), counter);
  }

  void read(LedgerTransaction transaction) throws SQLException {
    known = transaction.known(wanted.keySet());
  }

  LedgerTransaction.Known of(QuotaCounter counter) {
    return known.getOrDefault(LedgerTransaction.id(counter.key()), NOTHING);
  }

  void apply() {
    wanted.forEach((id, counter) -> {
      LedgerTransaction.Known now = known.getOrDefault(id, NOTHING);
      counter.learn(now.used(), counter.written(), now.granted());
    });
  }

  /** Reads everything that was used in periods that are not over. */
  static void loadAll(Connection connection, Meters meters, long nowMillis) throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT consumer, plan, period, begins, ends, used, granted FROM headgate_quota WHERE ends > ?")) {
      select.setLong(1, nowMillis);
      select.setFetchSize(1000);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          QuotaKey key =
              new QuotaKey(
                  rows.getString(1),
                  rows.getString(2),
                  Period.valueOf(rows.getString(3).toUpperCase(Locale.ROOT)),
                  new CalendarPeriod(rows.getLong(4), rows.getLong(5)));
          QuotaCounter counter = meters.counter(key);
          counter.learn(rows.getLong(6), counter.written(), rows.getLong(7));
        }
      }
    }
  }
}
