package dev.headgate.health;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one endpoint.
 *
 * @param unhealthy what its checks say is wrong with it; null if nothing is known to be
 * @param ejection null while it is not left out
 * @param ejections how often it was left out; each time of good service takes one off, see {@link
 *     #ejectionsNow}
 * @param returned when it came back, in nanoseconds; means nothing if it was never away
 */
public record EndpointState(
    @Nullable String unhealthy, @Nullable Ejection ejection, int ejections, long returned) {
  static final EndpointState WELL = new EndpointState(null, null, 0, 0);

  /** Whether requests go there. */
  public boolean serves() {
    return ejection == null && unhealthy == null;
  }

  /**
   * How often it was left out, as far as that still counts.
   *
   * @param forgetNanos for how long it has to serve for one time to be forgotten
   */
  int ejectionsNow(long now, long forgetNanos) {
    if (ejections == 0 || ejection != null) {
      return ejections;
    }
    return (int) Math.max(0, ejections - (now - returned) / forgetNanos);
  }

  EndpointState back(long now) {
    return new EndpointState(unhealthy, null, ejections, now);
  }

  EndpointState with(@Nullable Ejection other) {
    return new EndpointState(unhealthy, other, ejections, returned);
  }

  EndpointState checked(@Nullable String problem) {
    return new EndpointState(problem, ejection, ejections, returned);
  }
}
