package dev.headgate.policy.addresses;

import dev.headgate.config.Cidr;
import dev.headgate.config.Doc;
import dev.headgate.config.OneOrMany;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc(
    "Refuses clients by address: those in `deny` or `denyCountries`; and if `allow` or `allowCountries` is written, all that"
        + " are in neither.")
public record Addresses(
    @Doc(value = "Networks whose clients may call.", example = "[10.0.0.0/8]") @OneOrMany
        List<Cidr> allow,
    @Doc(
            value = "Networks whose clients may not call, whatever else says.",
            example = "[192.0.2.7]")
        @OneOrMany
        List<Cidr> deny,
    @Doc(
            value =
                "Countries (ISO 3166-1, two letters) whose clients may call. An address of no known country is in none.",
            example = "[DE, FR]")
        @OneOrMany
        List<String> allowCountries,
    @Doc(value = "Countries whose clients may not call.", example = "[XX]") @OneOrMany
        List<String> denyCountries,
    @Doc(
            value =
                "The database of countries: a file in MaxMind's format (.mmdb). It is kept in memory, and read again when"
                    + " it changes.",
            example = "geo/country.mmdb")
        @Nullable String database) {

  boolean namesCountries() {
    return !allowCountries.isEmpty() || !denyCountries.isEmpty();
  }
}
