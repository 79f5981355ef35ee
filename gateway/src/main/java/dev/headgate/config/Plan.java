package dev.headgate.config;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Doc("What consumers of a plan may use, and what they pay for it.")
public record Plan(
    @Doc(
            "How often a consumer may ask for something, of all products together. Of those that differ in `rate` and `burst` only,"
                + " a request counts in all or in none.")
        List<Limit> limits,
    @Doc("How much a consumer may use in a period of the calendar, of all products together.")
        @Nullable Quota quota,
    @Doc("What is paid for. Without it, use is recorded and costs nothing.") @Nullable Price price,
    @Doc(
            "What is paid for requests beyond the quota. They are not refused then; without it they are.")
        @Nullable Price overage) {

  @Doc(
      "How often a consumer may ask for something: as the policy `limit` with `per: consumer`. Whoever asks for more gets 429"
          + " `limit.exceeded` with `Retry-After`, and that does not count for the quota.")
  public record Limit(
      @Doc(value = "How many in a time.", example = "100/s") Rate rate,
      @Doc(
              value = "How many may come at once. Without it, as many as the rate's number.",
              example = "20")
          @Range(min = "1", max = "1000000000")
          @Nullable Integer burst,
      @Doc("How is counted, see `limit`.") @Default("token_bucket") Limiting.Algorithm algorithm,
      @Doc(
              value =
                  "What a request counts for: a whole number, or a CEL expression that gives one.",
              example = "\"request.method == 'POST' ? 5 : 1\"")
          @Default("1")
          String cost,
      @Doc(
              value =
                  "A header field of the upstream's answer that says what the request counts for besides, as a whole number.",
              example = "X-Cost")
          @Nullable String costHeader,
      @Doc(
              value =
                  "How long a request that comes too early may wait for its turn, instead of being refused.",
              example = "500ms")
          @Range(min = "1ms", max = "20s")
          @Nullable Duration maxDelay,
      @Doc(
              "Whether answers tell the caller about the limit, in the fields `RateLimit` and `RateLimit-Policy`.")
          @Default("true")
          boolean headers,
      @Doc(
              value =
                  "The store in which several nodes count together, by its name under `stores`. Without one, each node"
                      + " counts alone.",
              example = "shared")
          @Nullable String store,
      @Doc("How nodes count together, `exact` or `leased`, see `limit`.") @Default("exact")
          Limiting.Sync sync,
      @Doc("With `leased`, how much of `burst` a node borrows at most for each consumer.")
          @Default("10%")
          Percent lease,
      @Doc("What holds while the store does not answer: `local`, `allow` or `deny`, see `limit`.")
          @Default("local")
          Limiting.OnStoreFailure onStoreFailure,
      @Doc(
              "`enforce`: who asks for more is refused. `report`: that is only counted and logged. `off`: nothing is"
                  + " counted.")
          @Default("enforce")
          Mode mode) {}

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
