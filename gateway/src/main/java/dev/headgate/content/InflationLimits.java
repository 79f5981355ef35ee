package dev.headgate.content;

import dev.headgate.exchange.Failure;
import dev.headgate.exchange.Stage;
import org.jspecify.annotations.Nullable;

/**
 * How far a body may inflate.
 *
 * @param bytes the most bytes, for each coding of several
 * @param ratio the most bytes for each byte that came; not looked at below {@link #FREE} bytes, as
 *     small bodies may well be all alike and do no harm
 * @param stage the stage of whoever looks
 */
public record InflationLimits(long bytes, int ratio, Stage stage) {
  /** Up to here the ratio does not matter. */
  public static final int FREE = 64 * 1024;

  @Nullable Failure refusal(long inflated, long wire) {
    if (inflated > bytes) {
      return failure(
          413, "body.inflated_too_large", "a body that inflates to more than " + bytes + " bytes");
    }
    if (inflated > FREE && inflated / ratio >= wire) {
      return failure(
          413,
          "body.inflation_ratio",
          "a body of which " + wire + " bytes inflate to more than " + ratio + " times that");
    }
    return null;
  }

  Failure failure(int status, String reason, String detail) {
    return Failure.client(stage, status, reason, detail);
  }
}
