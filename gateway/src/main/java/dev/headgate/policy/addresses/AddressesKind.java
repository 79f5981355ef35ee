package dev.headgate.policy.addresses;

import com.maxmind.db.InvalidDatabaseException;
import com.maxmind.db.Reader;
import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.exchange.PolicyFactory;
import dev.headgate.exchange.PolicyKind;
import dev.headgate.exchange.Preparation;
import dev.headgate.exchange.Stage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kind {@code addresses}. */
public final class AddressesKind implements PolicyKind<Addresses> {
  /** Databases of cities have about 100 MB, those of countries less than 10. */
  private static final int LARGEST = 512 << 20;

  @Override
  public String name() {
    return "addresses";
  }

  @Override
  public Class<Addresses> config() {
    return Addresses.class;
  }

  @Override
  public Stage stage(Addresses config) {
    return Stage.ADMIT;
  }

  @Override
  public void check(String at, Addresses config, Config whole, Problems problems) {
    if (config.allow().isEmpty() && config.deny().isEmpty() && !config.namesCountries()) {
      problems.error(at, "no rule: every client could call", "as in 'allow: [10.0.0.0/8]'");
    }
    if (config.namesCountries() && config.database() == null) {
      problems.error(
          at + ".database", "countries need a database", "a file in MaxMind's format, .mmdb");
    }
    if (!config.namesCountries() && config.database() != null) {
      problems.warning(at + ".database", "no country is named", "");
    }
    countries(at + ".allowCountries", config.allowCountries(), problems);
    countries(at + ".denyCountries", config.denyCountries(), problems);
  }

  private static void countries(String at, List<String> codes, Problems problems) {
    for (int i = 0; i < codes.size(); i++) {
      String code = codes.get(i);
      if (code.length() != 2 || !code.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
        problems.error(
            at + "[" + i + "]",
            Shown.quoted(code) + " is no country code",
            "two capital letters, as in DE");
      }
    }
  }

  @Override
  public @Nullable PolicyFactory prepare(Addresses config, Preparation preparation) {
    Countries countries = Countries.NONE;
    if (config.database() != null) {
      try {
        byte[] content = preparation.file(config.database(), LARGEST);
        countries = new Countries(new Reader(new ByteArrayInputStream(content)));
      } catch (InvalidDatabaseException e) {
        preparation.error("database", "no database in MaxMind's format", "");
        return null;
      } catch (IOException e) {
        preparation.error("database", "cannot be read: " + e.getMessage(), "");
        return null;
      }
    }
    Countries known = countries;
    return loop -> new AddressesPolicy(config, known);
  }
}
