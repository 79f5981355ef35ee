package dev.headgate.config;

import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("What consumers of a plan may use, and what they pay for it.")
public record Plan(
    @Doc("How much a consumer may use in a period of the calendar, of all products together.")
        @Nullable Quota quota,
    @Doc("What is paid for. Without it, use is recorded and costs nothing.") @Nullable Price price,
    @Doc(
            "What is paid for requests beyond the quota. They are not refused then; without it they are.")
        @Nullable Price overage) {

  @Doc("How much a consumer may use in a period of the calendar.")
  public record Quota(
      @Doc(
              value =
                  "How many billable requests in each `hour`, `day` or `month`. With several, each must have room, and a"
                      + " request counts in all of them or in none. Whoever asks for more gets 429 `quota.exceeded` with"
                      + " `Retry-After`.",
              example = "[50000/day, 1000000/month]")
          @OneOrMany
          List<Allowance> requests,
      @Doc(
              "From which share on callers are warned, by a field `Headgate-Quota-Warning` in answers, and the operator by a"
                  + " line in the log and a metric. `off` for never.")
          @Default("80%")
          @Nullable Percent warnAt,
      @Doc(
              value =
                  "The time zone whose calendar counts, by its IANA name. Without it, that of `ledger`.",
              example = "Europe/Berlin")
          @Nullable ZoneId zone,
      @Doc(
              "Whether answers tell how much is left, in the fields `RateLimit` and `RateLimit-Policy`.")
          @Default("true")
          boolean headers,
      @Doc(
              "`enforce`: who has used all of it is refused. `report`: that is only counted and logged. `off`: nothing is"
                  + " counted.")
          @Default("enforce")
          Mode mode) {}

  @Doc("What is paid for.")
  public record Price(
      @Doc(
              value =
                  "For each billable request: a decimal number and a currency by its ISO 4217 code.",
              example = "0.0004 EUR")
          Money perRequest) {}
}
