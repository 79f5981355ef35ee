package dev.headgate.policy.fault;

import dev.headgate.config.Default;
import dev.headgate.config.Doc;
import dev.headgate.config.Percent;
import dev.headgate.config.Range;
import dev.headgate.config.Size;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

@Doc(
    "Makes a share of the requests fail on purpose, for tests of what becomes of it. Each of the three is decided by chance"
        + " for itself; `when` on the route says which requests may be hit at all.")
public record Fault(
    @Doc(value = "Holds requests back.", example = "{ time: 2s, share: 10% }")
        @Nullable Delay delay,
    @Doc(
            value = "Answers requests by a failure, `fault.abort`, instead of forwarding them.",
            example = "{ status: 503, share: 5% }")
        @Nullable Abort abort,
    @Doc(
            value =
                "Breaks the upstream's answer off within its body, as an upstream that crashes does; for callers and"
                    + " logs `fault.truncate`.",
            example = "{ after: 1KiB, share: 1% }")
        @Nullable Truncate truncate) {

  @Doc("Requests that are held back.")
  public record Delay(
      @Doc(value = "For how long.", example = "2s") @Range(min = "1ms", max = "20s") Duration time,
      @Doc("Of how many requests. At most 1,024 of a loop wait at once, the others go on.")
          @Default("100%")
          Percent share) {}

  @Doc("Requests that are not forwarded.")
  public record Abort(
      @Doc("The status of the answer.") @Default("503") @Range(min = "400", max = "599") int status,
      @Doc("Of how many requests.") @Default("100%") Percent share) {}

  @Doc("Answers that are broken off.")
  public record Truncate(
      @Doc(
              "After how many bytes of the body, or within the piece that has the next one. A shorter answer is whole.")
          @Default("0B")
          Size after,
      @Doc("Of how many answers.") @Default("100%") Percent share) {}
}
