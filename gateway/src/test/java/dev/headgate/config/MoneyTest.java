package dev.headgate.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTest {
  @ParameterizedTest
  @ValueSource(strings = {"0 EUR", "0.0004 EUR", "1.10 USD", "100 JPY", "0.000000000001 BHD"})
  void isExactAsItIsWritten(String text) {
    assertThat(Money.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "EUR",
        "1",
        "1EUR",
        "1  EUR",
        " 1 EUR",
        "1 eur",
        "+1 EUR",
        "1. EUR",
        ".1 EUR",
        "1e3 EUR",
        "NaN EUR",
        "1 EUR ",
        "0.0000000000001 EUR",
        "1000000000000000000000000 EUR",
        "1 XXX",
        "١ EUR"
      })
  void takesNothingElse(String text) {
    assertThatThrownBy(() -> Money.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void knowsWhichCurrencyWasMeant() {
    assertThatThrownBy(() -> Money.parse("1 EURO")).hasMessageContaining("did you mean 'EUR'?");
  }
}
