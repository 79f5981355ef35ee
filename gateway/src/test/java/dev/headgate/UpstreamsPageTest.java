package dev.headgate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.health.UpstreamHealth;
import dev.headgate.health.Upstreams;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

class UpstreamsPageTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final Instant TIME = Instant.parse("2026-05-01T12:00:00Z");
  private static final long NANOS = 1000 * SECOND;

  private static String page(UpstreamHealth... upstreams) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      new UpstreamsPage(out, TIME, NANOS).write(List.of(upstreams));
      out.writeEndObject();
    }
    return text.toString();
  }

  @Test
  void tellsOfEachEndpointHowItStandsAndWhyAndUntilWhen() {
    UpstreamHealth health =
        new UpstreamHealth("o", Upstreams.of(4, "health: /h\ncircuitBreaker: {}"));
    for (int i = 0; i < 5; i++) {
      health.answered(1, false, 500, NANOS - 4 * SECOND);
      health.failed(2, false, NANOS - 10 * SECOND);
    }
    assertThat(health.trial(NANOS)).isEqualTo(2);
    health.checked(3, Objects.requireNonNull(health.config().health()), "status 503", NANOS);
    health.newActive().set(0, 3);
    health.newActive().set(0, 4);
    health.furtherAttempts().newPart().note(2.5, 7, 0);
    health.furtherAttempts().newPart().note(3, 1, 4);

    assertThat(page(health))
        .isEqualTo(
            """
            {"now":"2026-05-01T12:00:00Z","upstreams":[{"name":"o","panic":true,"breaker":"closed",\
            "retries":8,"hedges":4,"retriesLeft":5,"endpoints":[{"endpoint":"10.0.0.1:80","weight":1,"state":"serving","active":7},\
            {"endpoint":"10.0.0.2:80","weight":1,"state":"ejected","why":"consecutive_5xx",\
            "since":"2026-05-01T11:59:56Z","until":"2026-05-01T12:00:06Z","ejections":1,"active":0},\
            {"endpoint":"10.0.0.3:80","weight":1,"state":"on trial","why":"consecutive_gateway_errors",\
            "since":"2026-05-01T11:59:50Z","until":"2026-05-01T12:00:00Z","ejections":1,"active":0},\
            {"endpoint":"10.0.0.4:80","weight":1,"state":"unhealthy","why":"status 503","active":0}]}]}\
            """);
  }

  @Test
  void tellsHowManyRequestsAnUpstreamHasWhereTheyAreBound() {
    UpstreamHealth health =
        new UpstreamHealth("o", Upstreams.of(1, "limits: { requests: 3, queue: 2 }"));
    assertThat(Objects.requireNonNull(health.requests()).take()).isTrue();
    assertThat(page(health)).contains("\"requests\":1,\"requestLimit\":3,\"queued\":0,");
  }

  @Test
  void namesUpstreamsInOrder() {
    assertThat(
            page(
                new UpstreamHealth("b", Upstreams.of(1, "")),
                new UpstreamHealth("a", Upstreams.of(1, ""))))
        .matches(".*\"name\":\"a\",\"panic\":false,\"endpoints\".*\"name\":\"b\".*");
  }
}
