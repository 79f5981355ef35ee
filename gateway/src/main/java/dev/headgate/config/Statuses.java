package dev.headgate.config;

import java.util.BitSet;
import java.util.List;

/** A set of statuses, written as {@code 404}, or {@code 2xx} for all that begin so. Immutable. */
public final class Statuses {
  private static final int LOWEST = 100;
  private static final int HIGHEST = 599;
  private static final int HUNDRED = 100;

  private final BitSet statuses;

  private Statuses(BitSet statuses) {
    this.statuses = statuses;
  }

  /**
   * Reads what a user wrote.
   *
   * @throws IllegalArgumentException with a hint for the user
   */
  public static Statuses parse(List<String> texts) {
    BitSet all = new BitSet(HIGHEST + 1);
    texts.forEach(text -> add(text, all));
    return new Statuses(all);
  }

  private static void add(String text, BitSet all) {
    boolean hundred = text.length() == 3 && text.endsWith("xx");
    String digits = hundred ? text.charAt(0) + "00" : text;
    boolean number = digits.length() == 3 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    int status = number ? Integer.parseInt(digits) : 0;
    if (status < LOWEST || status > HIGHEST) {
      throw new IllegalArgumentException("write a status, as '404', or a class of them, as '2xx'");
    }
    all.set(status, hundred ? status + HUNDRED : status + 1);
  }

  /**
   * @param status 0 or more
   */
  public boolean contains(int status) {
    return statuses.get(status);
  }
}
