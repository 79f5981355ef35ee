package dev.headgate.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.http.HeaderName;
import dev.headgate.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;

class TraceParentFuzzTest {
  private static final List<HeaderName> NAMES =
      List.of(
          HeaderName.TRACEPARENT,
          HeaderName.B3,
          HeaderName.X_B3_TRACEID,
          HeaderName.X_B3_SPANID,
          HeaderName.UBER_TRACE_ID,
          HeaderName.X_REQUEST_ID);

  /** The same rule as a pattern, to compare with. */
  private static final Pattern W3C =
      Pattern.compile(
          "(?!ff)(?:00|[0-9a-f]{2}(?=.{53}(?:$|-)))-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?",
          Pattern.DOTALL);

  @FuzzTest
  void anyValueLeavesOneValidTraceparent(byte[] bytes) {
    String value = new String(bytes, StandardCharsets.ISO_8859_1);
    for (HeaderName name : NAMES) {
      Headers headers = new Headers();
      if (name.equals(HeaderName.X_B3_SPANID)) {
        headers.add(HeaderName.X_B3_TRACEID, "a3ce929d0e0e4736");
      }
      headers.add(name, value);
      Exchange exchange = Requests.begun(new ManualLoop(), "/", headers);
      new TraceContext(new SplittableRandom(1)).identify(exchange, true);
      assertThat(exchange.traceId()).matches("(?!0{32})[0-9a-f]{32}");
      assertThat(exchange.requestId()).matches("[A-Za-z0-9._~+/=-]{1,128}");
      assertThat(headers.all(HeaderName.TRACEPARENT))
          .singleElement()
          .asString()
          .matches("00-" + exchange.traceId() + "-(?!0{16})[0-9a-f]{16}-0[0-3]");
    }
  }

  @FuzzTest
  void traceparentIsReadAsTheStandardSays(byte[] bytes) {
    String value = new String(bytes, StandardCharsets.ISO_8859_1);
    Headers headers = new Headers();
    headers.add(HeaderName.TRACEPARENT, value);
    boolean version0 = value.startsWith("00");
    var matcher = W3C.matcher(value);
    boolean expected =
        matcher.matches() && (version0 ? value.length() == 55 : value.length() <= 160);
    TraceParent parent = new TraceParent();
    assertThat(parent.read(headers)).as(value).isEqualTo(expected);
    if (expected) {
      assertThat("%016x%016x".formatted(parent.high(), parent.low())).isEqualTo(matcher.group(1));
    }
  }
}
