package dev.headgate.config;

import java.math.BigDecimal;
import java.util.Currency;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * An amount of money, written as {@code 0.0004 EUR}: a decimal number, exact as written, and a
 * currency by ISO 4217.
 *
 * @param amount 0 or more
 */
public record Money(BigDecimal amount, Currency currency) {
  private static final int LONGEST = 24;
  private static final int FINEST = 12;

  private static final String HINT = "write a number and a currency, as in '0.0004 EUR'";

  public Money {
    if (amount.signum() < 0 || amount.scale() > FINEST) {
      throw new IllegalArgumentException(HINT);
    }
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Money parse(String text) {
    int space = text.indexOf(' ');
    String number = space < 0 ? "" : text.substring(0, space);
    if (!isDecimal(number)) {
      throw new IllegalArgumentException(HINT);
    }
    return new Money(new BigDecimal(number), currency(text.substring(space + 1)));
  }

  private static boolean isDecimal(String number) {
    int dot = number.indexOf('.');
    String whole = dot < 0 ? number : number.substring(0, dot);
    String fraction = dot < 0 ? "0" : number.substring(dot + 1);
    return number.length() <= LONGEST
        && fraction.length() <= FINEST
        && isDigits(whole)
        && isDigits(fraction);
  }

  private static boolean isDigits(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** One that is paid with: those of ISO 4217 without a smallest coin are units of account. */
  private static Currency currency(String code) {
    Set<Currency> all = Currency.getAvailableCurrencies();
    for (Currency one : all) {
      if (one.getCurrencyCode().equals(code) && one.getDefaultFractionDigits() >= 0) {
        return one;
      }
    }
    String near =
        Nearest.hint(code, all.stream().map(Currency::getCurrencyCode).collect(Collectors.toSet()));
    throw new IllegalArgumentException(
        "no currency of ISO 4217" + (near.isEmpty() ? ", as in '0.0004 EUR'" : ": " + near));
  }

  @Override
  public String toString() {
    return amount.toPlainString() + " " + currency.getCurrencyCode();
  }
}
