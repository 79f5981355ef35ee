package dev.headgate;

import dev.headgate.health.CircuitBreaker;
import dev.headgate.health.Ejection;
import dev.headgate.health.EndpointState;
import dev.headgate.health.FurtherAttempts;
import dev.headgate.health.Standing;
import dev.headgate.health.UpstreamHealth;
import dev.headgate.overload.RequestLimit;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The page of the upstreams: how each endpoint stands, and why. */
final class UpstreamsPage {
  private final JsonGenerator out;
  private final Instant now;
  private final long nanos;

  /**
   * @param now what time it is
   * @param nanos the same moment for the loops, see {@link dev.headgate.exchange.Loop#nanos}
   */
  UpstreamsPage(JsonGenerator out, Instant now, long nanos) {
    this.out = out;
    this.now = now;
    this.nanos = nanos;
  }

  void write(Collection<UpstreamHealth> upstreams) {
    out.writeStringProperty("now", now.truncatedTo(ChronoUnit.SECONDS).toString());
    out.writeArrayPropertyStart("upstreams");
    upstreams.stream().sorted(Comparator.comparing(UpstreamHealth::name)).forEach(this::write);
    out.writeEndArray();
  }

  private void write(UpstreamHealth health) {
    Standing standing = health.standing();
    out.writeStartObject();
    out.writeStringProperty("name", health.name());
    out.writeBooleanProperty("panic", standing.panic());
    CircuitBreaker breaker = health.breaker();
    if (breaker != null) {
      out.writeStringProperty("breaker", breaker.phase().word());
    }
    FurtherAttempts further = health.furtherAttempts();
    if (further.any()) {
      out.writeNumberProperty("retries", further.retries());
      out.writeNumberProperty("hedges", further.hedges());
      out.writeNumberProperty("retriesLeft", further.left());
    }
    RequestLimit requests = health.requests();
    if (requests != null) {
      out.writeNumberProperty("requests", requests.taken());
      out.writeNumberProperty("requestLimit", requests.limit());
      out.writeNumberProperty("queued", requests.queued());
    }
    out.writeArrayPropertyStart("endpoints");
    List<EndpointState> endpoints = standing.endpoints();
    for (int i = 0; i < endpoints.size(); i++) {
      out.writeStartObject();
      out.writeStringProperty("endpoint", health.address(i));
      out.writeNumberProperty("weight", health.config().endpoints().get(i).weight());
      state(endpoints.get(i));
      out.writeNumberProperty("active", health.active(i));
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private void state(EndpointState state) {
    Ejection ejection = state.ejection();
    String unhealthy = state.unhealthy();
    if (unhealthy != null) {
      out.writeStringProperty("state", "unhealthy");
      out.writeStringProperty("why", unhealthy);
    } else if (ejection != null) {
      out.writeStringProperty("state", ejection.trial() ? "on trial" : "ejected");
      out.writeStringProperty("why", ejection.reason().word());
    } else {
      out.writeStringProperty("state", "serving");
    }
    if (ejection != null) {
      out.writeStringProperty("since", time(ejection.since()));
      out.writeStringProperty("until", time(ejection.until()));
      out.writeNumberProperty("ejections", state.ejections());
    }
  }

  private String time(long then) {
    return now.plusNanos(then - nanos).truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
