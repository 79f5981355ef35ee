package dev.headgate.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc(
    "The ledger: where use is recorded, for quotas and invoices. Kept only if there are `products`.")
public record Ledger(
    @Doc(
            value =
                "The file of an SQLite database, made if it is not there, or the URL of a PostgreSQL database, which several"
                    + " gateways may share. `off` keeps everything in memory, so that it is lost at the end.",
            example = "\"postgresql://headgate@db.internal:5432/headgate?sslmode=verify-full\"")
        @Default("data/ledger.db")
        @Nullable String store,
    @Doc(value = "The password for PostgreSQL.", example = "\"${env:LEDGER_PASSWORD}\"")
        @Nullable SecretText password,
    @Doc(
            "How often use is written down: the most that a crash can lose, and the most that other gateways can be late"
                + " to know.")
        @Default("1s")
        @Range(min = "100ms", max = "1m")
        Duration flush,
    @Doc(
            value =
                "The time zone of the calendar, by its IANA name: for quotas, for days from which on something holds, and for"
                    + " reports.",
            example = "Europe/Berlin")
        @Default("UTC")
        ZoneId zone,
    @Doc("Which requests are paid for and count in quotas.") Billable billable,
    @Doc(
            "What happens to requests that have a quota as long as it is not known what was used before, because the store"
                + " could not be read since the start: `allow` counts from 0 and adds up later, `deny` answers with 503"
                + " `quota.unavailable`.")
        @Default("allow")
        Unknown onStoreFailure) {

  @Doc("Which requests are paid for and count in quotas.")
  public record Billable(
      @Doc(
              value =
                  "The statuses that count: `200`, or `2xx` for all that begin so. What was refused before its quota was"
                      + " asked is never paid for.",
              example = "[2xx, 404]")
          @Default("[101, 2xx, 3xx, 4xx]")
          @OneOrMany
          List<String> statuses,
      @Doc(
              "Whose failures are paid for all the same: requests that were refused or broken off because of the `client`,"
                  + " the `gateway` or the `upstream`.")
          @Default("[client]")
          @OneOrMany
          List<FailedBy> failedBy) {}

  /** Whose fault a failure was. */
  public enum FailedBy {
    CLIENT,
    GATEWAY,
    UPSTREAM
  }

  /** What happens while it is not known what was used. */
  public enum Unknown {
    ALLOW,
    DENY
  }
}
