package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {
  @ParameterizedTest
  @CsvSource({
    "50/s, 50, 1, 50/s",
    "100/min, 100, 60, 100/min",
    "10/30s, 10, 30, 10/30s",
    "1/60s, 1, 60, 1/min",
    "7/24h, 7, 86400, 7/day",
    "1000000000/365day, 1000000000, 31536000, 1000000000/365day",
  })
  void readsSoManyInATime(String text, long count, long seconds, String shortest) {
    Rate rate = Rate.parse(text);

    assertThat(rate).isEqualTo(new Rate(count, Duration.ofSeconds(seconds)));
    assertThat(rate).hasToString(shortest);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "100|as in '100/min'",
        "/s|whole number",
        "-1/s|whole number",
        "1.5/s|whole number",
        "0/s|1 to 1000000000",
        "1000000001/s|1 to 1000000000",
        "99999999999999999999/s|whole number",
        "1/|units of time",
        "1/0s|1s to 365day",
        "1/366day|1s to 365day",
        "1/9999999999day|1s to 365day",
        "1/m|units of time",
        "1/ s|units of time",
        "1/s/s|units of time",
      })
  void saysWhatIsWrong(String text, String hint) {
    assertThatThrownBy(() -> Rate.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(hint);
  }
}
