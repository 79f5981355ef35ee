package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  private final TraceContext traces = new TraceContext(new SplittableRandom(1));
  private final ManualLoop loop = new ManualLoop();
  private final Headers headers = new Headers();

  @Test
  void continuesTheCallersTraceWithASpanOfItsOwn() {
    headers.add(HeaderName.TRACEPARENT, "00-" + TRACE + "-" + SPAN + "-01");
    headers.add(HeaderName.TRACESTATE, "vendor=1");
    headers.add(HeaderName.BAGGAGE, "tenant=7");
    Exchange exchange = identified(false);
    assertThat(exchange.traceId()).isEqualTo(TRACE);
    assertThat(headers.all(HeaderName.TRACEPARENT))
        .singleElement()
        .asString()
        .matches("00-" + TRACE + "-[0-9a-f]{16}-01")
        .doesNotContain(SPAN);
    assertThat(headers.get(HeaderName.TRACESTATE)).isEqualTo("vendor=1");
    assertThat(headers.get(HeaderName.BAGGAGE)).isEqualTo("tenant=7");
  }

  @ParameterizedTest
  @CsvSource({"00,00", "01,01", "02,02", "03,03", "ff,03", "fc,00"})
  void passesOnTheFlagsThatItKnows(String given, String passed) {
    headers.add(HeaderName.TRACEPARENT, "00-" + TRACE + "-" + SPAN + "-" + given);
    identified(false);
    assertThat(headers.get(HeaderName.TRACEPARENT)).endsWith("-" + passed);
  }

  @Test
  void beginsATraceWhereThereIsNoneWithOneNumberForBothIds() {
    headers.add(HeaderName.TRACESTATE, "vendor=1");
    headers.add(HeaderName.BAGGAGE, "tenant=7");
    Exchange exchange = identified(false);
    assertThat(exchange.traceId()).matches("[0-9a-f]{32}");
    assertThat(exchange.requestId()).isEqualTo(exchange.traceId());
    assertThat(headers.get(HeaderName.TRACEPARENT))
        .matches("00-" + exchange.traceId() + "-[0-9a-f]{16}-01");
    assertThat(headers.get(HeaderName.X_REQUEST_ID)).isEqualTo(exchange.requestId());
    assertThat(headers.has(HeaderName.TRACESTATE)).isFalse();
    assertThat(headers.get(HeaderName.BAGGAGE)).isEqualTo("tenant=7");
  }

  @Test
  void givesEachRequestOfATraceItsOwnRequestId() {
    headers.add(HeaderName.TRACEPARENT, "00-" + TRACE + "-" + SPAN + "-01");
    Exchange exchange = identified(false);
    assertThat(exchange.requestId()).matches("[0-9a-f]{32}").isNotEqualTo(TRACE);
    assertThat(headers.get(HeaderName.X_REQUEST_ID)).isEqualTo(exchange.requestId());
  }

  @Test
  void repeatsNoId() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      headers.clear();
      ids.add(identified(false).traceId());
      ids.add(headers.all(HeaderName.TRACEPARENT).getFirst().substring(36, 52));
    }
    assertThat(ids).hasSize(2000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-extra",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e47\u00b36-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01x"
      })
  void beginsATraceWhereTheGivenOneIsNotWellFormed(String traceparent) {
    headers.add(HeaderName.TRACEPARENT, traceparent);
    headers.add(HeaderName.TRACESTATE, "vendor=1");
    Exchange exchange = identified(false);
    assertThat(exchange.traceId()).matches("[0-9a-f]{32}").isNotEqualTo(TRACE);
    assertThat(headers.all(HeaderName.TRACEPARENT))
        .singleElement()
        .asString()
        .contains(exchange.traceId());
    assertThat(headers.has(HeaderName.TRACESTATE)).isFalse();
  }

  @Test
  void beginsATraceWhereTwoAreGiven() {
    headers.add(HeaderName.TRACEPARENT, "00-" + TRACE + "-" + SPAN + "-01");
    headers.add(HeaderName.TRACEPARENT, "00-" + TRACE + "-" + SPAN + "-01");
    assertThat(identified(false).traceId()).isNotEqualTo(TRACE);
    assertThat(headers.count(HeaderName.TRACEPARENT)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"01-%s-%s-01", "cc-%s-%s-01-what-the-future-brings"})
  void understandsLaterVersionsAsFarAsItKnowsThem(String format) {
    headers.add(HeaderName.TRACEPARENT, format.formatted(TRACE, SPAN));
    assertThat(identified(false).traceId()).isEqualTo(TRACE);
    assertThat(headers.get(HeaderName.TRACEPARENT)).startsWith("00-").hasSize(55);
  }

  @ParameterizedTest
  @CsvSource({
    "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1,4bf92f3577b34da6a3ce929d0e0e4736,01",
    "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0,4bf92f3577b34da6a3ce929d0e0e4736,00",
    "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-d,4bf92f3577b34da6a3ce929d0e0e4736,01",
    "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7,4bf92f3577b34da6a3ce929d0e0e4736,01",
    "a3ce929d0e0e4736-00f067aa0ba902b7-1-05e3ac9a4f6e3b90,0000000000000000a3ce929d0e0e4736,01",
    "A3CE929D0E0E4736-00F067AA0BA902B7-1,0000000000000000a3ce929d0e0e4736,01"
  })
  void understandsB3InOneField(String b3, String trace, String flags) {
    headers.add(HeaderName.B3, b3);
    assertThat(identified(false).traceId()).isEqualTo(trace);
    assertThat(headers.get(HeaderName.TRACEPARENT)).endsWith("-" + flags);
    assertThat(headers.get(HeaderName.B3)).isEqualTo(b3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "1",
        "d",
        "4bf92f3577b34da6a3ce929d0e0e4736",
        "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-",
        "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-2",
        "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-",
        "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1-05e3ac9a4f6e3b90-",
        "0000000000000000-00f067aa0ba902b7-1",
        "4bf92f3577b34d-00f067aa0ba902b7-1"
      })
  void beginsATraceWhereB3NamesNone(String b3) {
    headers.add(HeaderName.B3, b3);
    Exchange exchange = identified(false);
    assertThat(exchange.requestId()).isEqualTo(exchange.traceId());
  }

  @ParameterizedTest
  @CsvSource({"1,01", "0,00", "true,01", "false,00", "False,00"})
  void understandsB3InSeveralFields(String sampled, String flags) {
    headers.add(HeaderName.X_B3_TRACEID, TRACE.toUpperCase(Locale.ROOT));
    headers.add(HeaderName.X_B3_SPANID, SPAN);
    headers.add(HeaderName.X_B3_SAMPLED, sampled);
    assertThat(identified(false).traceId()).isEqualTo(TRACE);
    assertThat(headers.get(HeaderName.TRACEPARENT)).endsWith("-" + flags);
  }

  @Test
  void beginsATraceWhereB3LacksTheSpan() {
    headers.add(HeaderName.X_B3_TRACEID, TRACE);
    assertThat(identified(false).traceId()).isNotEqualTo(TRACE);
  }

  @ParameterizedTest
  @CsvSource({
    "4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1,4bf92f3577b34da6a3ce929d0e0e4736,01",
    "4bf92f3577b34da6a3ce929d0e0e4736%3A00f067aa0ba902b7%3a0%3A0,4bf92f3577b34da6a3ce929d0e0e4736,00",
    "abc:1:0:3,00000000000000000000000000000abc,01",
    "577b34da6a3ce929d0e0e4736:1:0:0,0000000577b34da6a3ce929d0e0e4736,00"
  })
  void understandsJaeger(String value, String trace, String flags) {
    headers.add(HeaderName.UBER_TRACE_ID, value);
    assertThat(identified(false).traceId()).isEqualTo(trace);
    assertThat(headers.get(HeaderName.TRACEPARENT)).endsWith("-" + flags);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "abc",
        "abc:1",
        "abc:1:0",
        "abc:1:0:",
        ":1:0:1",
        "abc::0:1",
        "abc:0:0:1",
        "0:1:0:1",
        "abc:1:0:1:",
        "abc:1:0:123",
        "4bf92f3577b34da6a3ce929d0e0e47361:1:0:1",
        "abg:1:0:1",
        "abc:00f067aa0ba902b71:0:1"
      })
  void beginsATraceWhereJaegersIsNotWellFormed(String value) {
    headers.add(HeaderName.UBER_TRACE_ID, value);
    Exchange exchange = identified(false);
    assertThat(exchange.requestId()).isEqualTo(exchange.traceId());
  }

  @Test
  void prefersTheStandard() {
    headers.add(HeaderName.B3, "a3ce929d0e0e4736-00f067aa0ba902b7-1");
    headers.add(HeaderName.UBER_TRACE_ID, "abc:1:0:1");
    headers.add(HeaderName.TRACEPARENT, "00-" + TRACE + "-" + SPAN + "-01");
    assertThat(identified(false).traceId()).isEqualTo(TRACE);
  }

  @Test
  void keepsTheRequestIdOfATrustedPeerOnly() {
    headers.add(HeaderName.X_REQUEST_ID, "proxy-1.A_b~c+d/e=");
    Exchange exchange = identified(true);
    assertThat(exchange.requestId()).isEqualTo("proxy-1.A_b~c+d/e=");
    assertThat(exchange.traceId()).matches("[0-9a-f]{32}");
    assertThat(headers.all(HeaderName.X_REQUEST_ID)).containsExactly("proxy-1.A_b~c+d/e=");

    exchange = identified(false);
    assertThat(exchange.requestId()).matches("[0-9a-f]{32}");
    assertThat(headers.all(HeaderName.X_REQUEST_ID)).containsExactly(exchange.requestId());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\"b", "a,b", "a;b", "a{b", "\u00e4"})
  void replacesARequestIdThatCouldDoHarm(String id) {
    headers.add(HeaderName.X_REQUEST_ID, id);
    requireReplaced();
    headers.clear();
    headers.add(HeaderName.X_REQUEST_ID, "a".repeat(129));
    requireReplaced();
    headers.clear();
    headers.add(HeaderName.X_REQUEST_ID, "a");
    headers.add(HeaderName.X_REQUEST_ID, "b");
    requireReplaced();
  }

  private void requireReplaced() {
    Exchange exchange = identified(true);
    assertThat(exchange.requestId()).matches("[0-9a-f]{32}");
    assertThat(headers.all(HeaderName.X_REQUEST_ID)).containsExactly(exchange.requestId());
  }

  private Exchange identified(boolean trusted) {
    Exchange exchange = Requests.begun(loop, "/", headers);
    traces.identify(exchange, trusted);
    return exchange;
  }
}
