package dev.headgate.ledger;

import dev.headgate.config.Ledger;
import dev.headgate.config.LedgerUrl;
import dev.headgate.config.SecretText;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/** Where a ledger is kept, and how it is opened. Drivers are loaded at the first opening. */
public interface LedgerStore {
  /** How long a lock of another process, or an answer of the database, is waited for. */
  int PATIENCE_SECONDS = 5;

  /**
   * Opens a connection to a ledger whose tables are there and of this version. Transactions begin
   * by themselves; one that writes does so first, as SQLite does not wait for a lock after a look.
   */
  Connection open() throws SQLException;

  /** Where it is, without secrets. */
  String shown();

  /**
   * The store that a configuration names; null if it keeps none.
   *
   * @param folder what a relative path starts from
   */
  static @Nullable LedgerStore of(Ledger ledger, Path folder) {
    String store = ledger.store();
    if (store == null) {
      return null;
    }
    return LedgerUrl.isUrl(store)
        ? new Server(LedgerUrl.parse(store), ledger.password())
        : new File(folder.resolve(store).toAbsolutePath().normalize());
  }

  /** An SQLite database in a file. */
  record File(Path path) implements LedgerStore {
    @Override
    public Connection open() throws SQLException {
      Path folder = path.getParent();
      try {
        if (folder != null) {
          Files.createDirectories(folder);
        }
      } catch (IOException e) {
        throw new SQLException("the folder " + folder + " cannot be made: " + e.getMessage(), e);
      }
      SQLiteConfig config = new SQLiteConfig();
      config.setJournalMode(JournalMode.WAL);
      // Once a second at most, and then what was said to be written is, power or no power.
      config.setSynchronous(SynchronousMode.FULL);
      // The driver begins the next transaction with the end of one: it must not hold a lock then.
      config.setTransactionMode(TransactionMode.DEFERRED);
      config.setBusyTimeout(PATIENCE_SECONDS * 1000);
      SQLiteDataSource source = new SQLiteDataSource(config);
      source.setUrl("jdbc:sqlite:" + path);
      return prepared(source.getConnection());
    }

    @Override
    public String shown() {
      return path.toString();
    }
  }

  /** A PostgreSQL database. */
  record Server(URI url, @Nullable SecretText password) implements LedgerStore {
    @Override
    public Connection open() throws SQLException {
      PGSimpleDataSource source = new PGSimpleDataSource();
      String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
      String port = url.getPort() < 0 ? "" : ":" + url.getPort();
      source.setUrl("jdbc:postgresql://" + url.getHost() + port + url.getRawPath() + query);
      source.setUser(url.getUserInfo());
      if (password != null) {
        source.setPassword(password.reveal());
      }
      source.setConnectTimeout(PATIENCE_SECONDS);
      source.setSocketTimeout(2 * PATIENCE_SECONDS);
      source.setApplicationName("headgate");
      Connection connection = source.getConnection();
      try (Statement statement = connection.createStatement()) {
        // A gateway that hangs must not hold up the others, nor write hours later.
        statement.execute("SET lock_timeout = '" + PATIENCE_SECONDS + "s'");
        statement.execute(
            "SET idle_in_transaction_session_timeout = '" + 2 * PATIENCE_SECONDS + "s'");
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return prepared(connection);
    }

    @Override
    public String shown() {
      return url.toString();
    }

    @Override
    public String toString() {
      return shown();
    }
  }

  private static Connection prepared(Connection connection) throws SQLException {
    try {
      connection.setAutoCommit(false);
      LedgerSchema.bring(connection);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }
}
