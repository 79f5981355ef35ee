package dev.headgate.config;

/**
 * A share, written as {@code 20%} or {@code 0.5%}.
 *
 * @param fraction from 0 to 1
 */
public record Percent(double fraction) {
  private static final String HINT = "write a number from 0 to 100 and '%', as in '20%'";

  public Percent {
    if (!(fraction >= 0 && fraction <= 1)) {
      throw new IllegalArgumentException(HINT);
    }
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Percent parse(String text) {
    String number = text.endsWith("%") ? text.substring(0, text.length() - 1) : "";
    boolean plain = !number.isEmpty() && number.length() <= 8;
    for (int i = 0; plain && i < number.length(); i++) {
      char c = number.charAt(i);
      plain = (c >= '0' && c <= '9') || (c == '.' && i > 0 && number.indexOf('.') == i);
    }
    if (!plain || number.endsWith(".")) {
      throw new IllegalArgumentException(HINT);
    }
    return new Percent(Double.parseDouble(number) / 100);
  }

  @Override
  public String toString() {
    String number = Double.toString(fraction * 100);
    return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number) + "%";
  }
}
