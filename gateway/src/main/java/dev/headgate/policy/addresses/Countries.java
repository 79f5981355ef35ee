package dev.headgate.policy.addresses;

import com.maxmind.db.Reader;
import dev.headgate.concurrent.Shared;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The country of an address, from a database that lies in memory. The reader walks a tree over
 * bytes that nobody changes, so that all loops use the same one.
 */
@Shared
final class Countries {
  /** For rules without countries. */
  static final Countries NONE = new Countries(null);

  private final @Nullable Reader database;

  Countries(@Nullable Reader database) {
    this.database = database;
  }

  /**
   * The ISO 3166-1 code of the country; null if the database knows none.
   *
   * @throws IOException if the database is damaged at that place
   */
  @Nullable String of(InetAddress address) throws IOException {
    if (database == null) {
      return null;
    }
    Map<?, ?> found = database.get(address, Map.class);
    return found != null
            && found.get("country") instanceof Map<?, ?> country
            && country.get("iso_code") instanceof String code
        ? code
        : null;
  }
}
