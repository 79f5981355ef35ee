package dev.headgate.config.check;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Compiles regular expressions whose programs are bounded.
 *
 * <p>RE2 matches in linear time, but it compiles {@code ((a{1000}){1000}){1000}} by writing it out,
 * a thousand million times, and runs out of memory. So the size is reckoned beforehand: every
 * character, class and escape counts one, and what stands before {@code {n,m}} counts m times.
 */
final class BoundedRegex {
  private static final int LONGEST = 1000;
  private static final long LARGEST = 10_000;

  private final String text;
  private int at;

  private BoundedRegex(String text) {
    this.text = text;
  }

  /**
   * Makes sure that the text compiles.
   *
   * @throws IllegalArgumentException with the reason for the user
   */
  static void check(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("it has more than " + LONGEST + " characters");
    }
    if (new BoundedRegex(text).size() > LARGEST) {
      throw new IllegalArgumentException("its repetitions multiply to more than " + LARGEST);
    }
    try {
      Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(e.getDescription(), e);
    }
  }

  /** The reckoned size; of a text that is no regular expression, any number. */
  private long size() {
    Deque<Long> outer = new ArrayDeque<>();
    long sum = 0; // of the group in hand, without its last item
    long last = 0;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '(') {
        outer.push(sum + last);
        sum = 0;
        last = 0;
      } else if (c == ')' && !outer.isEmpty()) {
        last += sum;
        sum = outer.pop();
      } else if (c == '{') {
        last = capped(last * repetitions());
      } else {
        skipRest(c);
        sum += last;
        last = 1;
      }
    }
    while (!outer.isEmpty()) {
      sum += outer.pop();
    }
    return capped(sum + last);
  }

  private static long capped(long size) {
    return Math.min(size, LARGEST + 1);
  }

  /** Skips what belongs to one item: the rest of a class or of an escape. */
  private void skipRest(char first) {
    if (first == '[') {
      at += text.startsWith("^", at) ? 1 : 0;
      at += text.startsWith("]", at) ? 1 : 0;
      while (at < text.length() && text.charAt(at) != ']') {
        at += text.charAt(at) == '\\' ? 2 : 1;
      }
      at++;
    } else if (first == '\\' && at < text.length()) {
      char escaped = text.charAt(at++);
      boolean braced =
          (escaped == 'p' || escaped == 'P' || escaped == 'x') && text.startsWith("{", at);
      int end = braced ? text.indexOf('}', at) : -1;
      at = end < 0 ? at : end + 1;
    }
  }

  /** The greatest number in a repetition, 1 if it is none after all. */
  private long repetitions() {
    int end = text.indexOf('}', at);
    long greatest = 1;
    long number = 0;
    for (int i = at; i < end; i++) {
      char c = text.charAt(i);
      if (c == ',') {
        number = 0;
      } else if (c < '0' || c > '9') {
        return 1;
      } else {
        number = capped(number * 10 + c - '0');
        greatest = Math.max(greatest, number);
      }
    }
    at = end < 0 ? at : end + 1;
    return greatest;
  }
}
