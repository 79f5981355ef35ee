package dev.headgate.cli;

import dev.headgate.config.Config;
import dev.headgate.config.read.ConfigReader;
import dev.headgate.config.read.Reading;
import dev.headgate.config.read.Secrets;
import dev.headgate.ledger.LedgerStore;
import dev.headgate.policy.Policies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import picocli.CommandLine.Option;

/**
 * Which ledger a command works on: the one that a configuration names. It is opened directly, so
 * that who may read and change it is a matter of the file's permissions or of the database's users.
 */
final class LedgerChoice {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "headgate.yaml",
      description = "The configuration whose ledger is meant (${DEFAULT-VALUE}).")
  private Path file;

  /** A ledger with the configuration that it belongs to. */
  record Opened(Config config, Connection connection) implements AutoCloseable {
    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /**
   * Opens it.
   *
   * @throws IOException if there is none, or none that can be read
   */
  Opened open(Map<String, String> environment) throws IOException {
    Reading reading = new ConfigReader(Policies.KINDS, Secrets.of(environment)).read(file);
    if (!(reading instanceof Reading.Accepted accepted)) {
      throw new IOException(reading.problems().report().strip());
    }
    LedgerStore store = LedgerStore.of(accepted.config().ledger(), accepted.sources().folder());
    if (store == null) {
      throw new IOException(file + " keeps no ledger: its 'ledger.store' is off");
    }
    if (store instanceof LedgerStore.File(Path path) && !Files.exists(path)) {
      throw new IOException("there is no ledger yet: no file " + path);
    }
    try {
      return new Opened(accepted.config(), store.open());
    } catch (SQLException e) {
      throw new IOException(
          "the ledger " + store.shown() + " cannot be opened: " + e.getMessage(), e);
    }
  }
}
