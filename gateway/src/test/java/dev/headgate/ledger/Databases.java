package dev.headgate.ledger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Both databases, real ones. */
final class Databases implements AutoCloseable {
  private final EmbeddedPostgres postgres;
  private int count;

  Databases() throws IOException {
    postgres = EmbeddedPostgres.builder().start();
  }

  /** A store that nobody has used. */
  LedgerStore fresh(String kind, Path folder) throws SQLException {
    count++;
    if (kind.equals("sqlite")) {
      return new LedgerStore.File(folder.resolve("ledger-" + count + ".db"));
    }
    String name = "ledger" + count;
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA " + name);
    }
    return new LedgerStore.Server(
        URI.create(
            "postgresql://postgres@localhost:"
                + postgres.getPort()
                + "/postgres?currentSchema="
                + name),
        null);
  }

  /** Has the server end all connections but one. */
  void endConnections() throws SQLException {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE application_name = 'headgate' AND pid <> pg_backend_pid()");
    }
  }

  /** The first number of the first row. */
  static long number(LedgerStore store, String sql) throws SQLException {
    try (Connection connection = store.open();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      long number = rows.next() ? rows.getLong(1) : -1;
      connection.rollback();
      return number;
    }
  }

  static long requests(LedgerStore store, String consumer) throws SQLException {
    return number(
        store,
        "SELECT COALESCE(SUM(requests), 0) FROM headgate_usage WHERE consumer = '"
            + consumer
            + "'");
  }

  static long used(LedgerStore store, String consumer) throws SQLException {
    return number(
        store,
        "SELECT COALESCE(SUM(used), 0) FROM headgate_quota WHERE consumer = '" + consumer + "'");
  }

  @Override
  public void close() throws IOException {
    postgres.close();
  }
}
