package dev.headgate.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds what the user probably meant: the known word at the smallest Damerau-Levenshtein distance
 * (insert, delete, replace, swap two neighbours), at most two, or one that a shortened word begins.
 */
public final class Nearest {
  private static final int FARTHEST = 2;
  private static final int LONGEST = 64; // bounds the work for hostile words

  private Nearest() {}

  /** "did you mean 'x'?", or nothing. */
  public static String hint(String word, Collection<String> known) {
    return to(word, known).map(near -> "did you mean '" + near + "'?").orElse("");
  }

  /** The nearest known word, if one is near. */
  public static Optional<String> to(String word, Collection<String> known) {
    if (word.isEmpty() || word.length() > LONGEST) {
      return Optional.empty();
    }
    String folded = word.toLowerCase(Locale.ROOT);
    String best = null;
    int least = Math.min(FARTHEST, Math.max(1, word.length() - 1)) + 1;
    for (String candidate : known) {
      int distance = distance(folded, candidate.toLowerCase(Locale.ROOT), least);
      if (distance < least) {
        least = distance;
        best = candidate;
      }
    }
    if (best == null && word.length() > 2) {
      best =
          known.stream()
              .filter(candidate -> {
                String other = candidate.toLowerCase(Locale.ROOT);
                return other.startsWith(folded) || (other.length() > 2 && folded.startsWith(other));
              })
              .findFirst()
              .orElse(null);
    }
    return Optional.ofNullable(best);
  }

  /** The distance between two words, or any number from bound up once it is that far. */
  private static int distance(String a, String b, int bound) {
    if (Math.abs(a.length() - b.length()) >= bound) {
      return bound;
    }
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] spare = beforeLast;
      beforeLast = last;
      last = row;
      row = spare;
    }
    return last[b.length()];
  }
}
