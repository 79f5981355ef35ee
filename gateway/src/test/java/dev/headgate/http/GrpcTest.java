package dev.headgate.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcTest {
  @ParameterizedTest
  @CsvSource({
    "400, 13", "401, 16", "403, 7", "404, 12", "408, 4", "413, 8", "429, 14", "431, 8", "500, 2",
    "501, 2", "502, 14", "503, 14", "504, 4",
  })
  void mapsTheStatusOfHttp(int http, int grpc) {
    assertThat(GrpcStatus.of(http, "some.reason")).isEqualTo(grpc);
  }

  @Test
  void saysUnavailableWhereNoConnectionWasMade() {
    assertThat(GrpcStatus.of(504, "upstream.connect_timeout")).isEqualTo(GrpcStatus.UNAVAILABLE);
  }

  @Test
  void knowsGrpcByItsContentType() {
    assertThat(GrpcStatus.isGrpc("application/grpc")).isTrue();
    assertThat(GrpcStatus.isGrpc("application/grpc+proto")).isTrue();
    assertThat(GrpcStatus.isGrpc("application/grpc;x=y")).isTrue();
    assertThat(GrpcStatus.isGrpc("application/grpc-web")).isFalse();
    assertThat(GrpcStatus.isGrpc("application/json")).isFalse();
    assertThat(GrpcStatus.isGrpc(null)).isFalse();
  }

  @Test
  void encodesWhatAMessageMayNotCarryAsItIs() {
    assertThat(GrpcStatus.message("a b 100% \u00e9\n")).isEqualTo("a b 100%25 %C3%A9%0A");
  }

  @Test
  void readsTimeouts() {
    assertThat(GrpcTimeout.nanos("2H")).isEqualTo(TimeUnit.HOURS.toNanos(2));
    assertThat(GrpcTimeout.nanos("3M")).isEqualTo(TimeUnit.MINUTES.toNanos(3));
    assertThat(GrpcTimeout.nanos("5S")).isEqualTo(5_000_000_000L);
    assertThat(GrpcTimeout.nanos("100m")).isEqualTo(100_000_000L);
    assertThat(GrpcTimeout.nanos("7u")).isEqualTo(7_000L);
    assertThat(GrpcTimeout.nanos("0n")).isZero();
    // The longest there is would be more nanoseconds than a long holds: it stands for the longest
    // time instead.
    assertThat(GrpcTimeout.nanos("99999999H")).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "1", "-1S", "+1S", "1.5S", "1s", "1 S", "123456789S", "S1"})
  void takesNothingElseForATimeout(String value) {
    assertThat(GrpcTimeout.nanos(value)).isEqualTo(GrpcTimeout.NONE);
  }

  @Test
  void saysNothingWhereThereIsNoTimeout() {
    assertThat(GrpcTimeout.nanos(null)).isEqualTo(GrpcTimeout.NONE);
  }

  @Test
  void aTimeIsWrittenAsExactlyAsItsDigitsAllow() {
    assertThat(GrpcTimeout.text(0)).isEqualTo("1n");
    assertThat(GrpcTimeout.text(-5)).isEqualTo("1n");
    assertThat(GrpcTimeout.text(99_999_999)).isEqualTo("99999999n");
    assertThat(GrpcTimeout.text(100_000_999)).isEqualTo("100000u");
    assertThat(GrpcTimeout.text(TimeUnit.SECONDS.toNanos(100))).isEqualTo("100000m");
    assertThat(GrpcTimeout.text(TimeUnit.DAYS.toNanos(2))).isEqualTo("172800S");
    assertThat(GrpcTimeout.text(Long.MAX_VALUE)).isEqualTo("99999999S");
  }
}
