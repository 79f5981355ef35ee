package dev.headgate.ledger;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * The tables of a ledger, as a list of steps that each bring it from one version to the next. Both
 * databases understand every statement.
 */
final class LedgerSchema {
  private static final List<List<String>> STEPS =
      List.of(
          List.of(
              """
              CREATE TABLE headgate_usage (
                id TEXT PRIMARY KEY,
                hour BIGINT NOT NULL,
                booked BIGINT NOT NULL,
                consumer TEXT NOT NULL,
                product TEXT NOT NULL,
                plan TEXT NOT NULL,
                kind TEXT NOT NULL,
                price TEXT NOT NULL,
                requests BIGINT NOT NULL)
              """,
              "CREATE INDEX headgate_usage_hour ON headgate_usage (hour)",
              "CREATE INDEX headgate_usage_booked ON headgate_usage (booked)",
              """
              CREATE TABLE headgate_quota (
                id TEXT PRIMARY KEY,
                consumer TEXT NOT NULL,
                plan TEXT NOT NULL,
                period TEXT NOT NULL,
                begins BIGINT NOT NULL,
                ends BIGINT NOT NULL,
                used BIGINT NOT NULL,
                granted BIGINT NOT NULL,
                warned BIGINT NOT NULL)
              """,
              "CREATE INDEX headgate_quota_ends ON headgate_quota (ends)",
              """
              CREATE TABLE headgate_writer (
                run TEXT PRIMARY KEY,
                batch BIGINT NOT NULL,
                seen BIGINT NOT NULL)
              """,
              """
              CREATE TABLE headgate_audit (
                id BIGINT PRIMARY KEY,
                at BIGINT NOT NULL,
                who TEXT NOT NULL,
                what TEXT NOT NULL,
                consumer TEXT NOT NULL,
                plan TEXT NOT NULL,
                period TEXT NOT NULL,
                begins BIGINT NOT NULL,
                amount BIGINT NOT NULL,
                why TEXT NOT NULL)
              """));

  private LedgerSchema() {}

  /**
   * Makes or changes the tables, all or none.
   *
   * @throws SQLException if a later program has changed them, too
   */
  static void bring(Connection connection) throws SQLException {
    int found = version(connection);
    connection.rollback(); // a look is a transaction too
    if (found == STEPS.size()) {
      return;
    }
    try (Statement statement = connection.createStatement()) {
      // Of several that begin at once, one makes it and the others find it made.
      statement.execute(
          "CREATE TABLE IF NOT EXISTS headgate_schema (version BIGINT NOT NULL, changes BIGINT NOT NULL)");
      connection.commit();
      statement.execute("UPDATE headgate_schema SET version = version");
      if (isServer(connection)) {
        statement.execute("LOCK TABLE headgate_schema IN EXCLUSIVE MODE");
      }
      int version = version(connection);
      if (version > STEPS.size()) {
        throw new SQLException(
            "the ledger is of version "
                + version
                + ", made by a later Headgate; this one knows "
                + STEPS.size());
      }
      for (int step = version; step < STEPS.size(); step++) {
        for (String sql : STEPS.get(step)) {
          statement.execute(sql);
        }
      }
      statement.execute(
          version == 0
              ? "INSERT INTO headgate_schema (version, changes) VALUES (" + STEPS.size() + ", 0)"
              : "UPDATE headgate_schema SET version = " + STEPS.size());
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
  }

  private static boolean isServer(Connection connection) throws SQLException {
    return connection.getMetaData().getDatabaseProductName().equals("PostgreSQL");
  }

  /** 0 if there is nothing yet. */
  private static int version(Connection connection) throws SQLException {
    // Other schemas of the same database are others' ledgers.
    String folder = isServer(connection) ? connection.getSchema() : null;
    try (ResultSet tables =
        connection.getMetaData().getTables(null, folder, "headgate_schema", null)) {
      if (!tables.next()) {
        return 0;
      }
    }
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT version FROM headgate_schema")) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }
}
