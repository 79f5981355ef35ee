package dev.headgate.policy.limit;

import dev.headgate.exchange.Stores;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;

/**
 * What the script of {@link SharedBuckets} means, written another way: slowly, and in numbers of
 * any size.
 */
final class ReferenceBuckets {
  private static final int NUMBERS = 5;

  private final Map<String, Bucket> buckets = new HashMap<>();

  private record Bucket(BigInteger missing, long sinceMicros) {}

  long[] run(Stores.Command command, long nowMicros) {
    int count = command.keys().size();
    BigInteger[] missing = new BigInteger[count];
    for (int i = 0; i < count; i++) {
      Bucket bucket = buckets.get(command.keys().get(i));
      missing[i] =
          bucket == null
              ? BigInteger.ZERO
              : bucket
                  .missing()
                  .subtract(
                      BigInteger.valueOf(Math.max(0, nowMicros - bucket.sinceMicros()))
                          .multiply(BigInteger.valueOf(number(command, i, 4))))
                  .max(BigInteger.ZERO);
    }
    long[] answer = new long[count + 1];
    switch ((int) command.numbers()[0]) {
      case 0 -> take(command, missing, answer);
      case 1 -> charge(command, missing, answer);
      case 2 -> lend(command, missing, answer);
      default -> throw new AssertionError("no such operation");
    }
    for (int i = 0; i < count; i++) {
      buckets.put(command.keys().get(i), new Bucket(missing[i], nowMicros));
    }
    return answer;
  }

  private static void take(Stores.Command command, BigInteger[] missing, long[] answer) {
    boolean fits = true;
    for (int i = 0; i < missing.length; i++) {
      fits &= over(command, missing, i) <= number(command, i, 3);
    }
    answer[0] = fits ? 1 : 0;
    for (int i = 0; i < missing.length; i++) {
      long over = over(command, missing, i);
      answer[i + 1] = fits || over > 0 ? -over : number(command, i, 0) - over;
      if (fits) {
        missing[i] = missing[i].add(BigInteger.valueOf(number(command, i, 0)));
      }
    }
  }

  private static long over(Stores.Command command, BigInteger[] missing, int i) {
    return missing[i]
        .add(BigInteger.valueOf(number(command, i, 0)))
        .subtract(BigInteger.valueOf(number(command, i, 1)))
        .longValueExact();
  }

  private static void charge(Stores.Command command, BigInteger[] missing, long[] answer) {
    for (int i = 0; i < missing.length; i++) {
      BigInteger more = missing[i].add(BigInteger.valueOf(number(command, i, 0)));
      missing[i] = missing[i].max(more.min(BigInteger.valueOf(number(command, i, 3))));
      answer[i + 1] = number(command, i, 1) - missing[i].longValueExact();
    }
  }

  private static void lend(Stores.Command command, BigInteger[] missing, long[] answer) {
    long lent = command.numbers()[1];
    for (int i = 0; i < missing.length; i++) {
      missing[i] = missing[i].add(BigInteger.valueOf(number(command, i, 0))).max(BigInteger.ZERO);
      long room = number(command, i, 1) - missing[i].longValueExact();
      lent = Math.min(lent, Math.floorDiv(room, number(command, i, 2)));
    }
    lent = Math.max(0, lent);
    answer[0] = lent;
    for (int i = 0; i < missing.length; i++) {
      long each = number(command, i, 2);
      missing[i] = missing[i].add(BigInteger.valueOf(lent).multiply(BigInteger.valueOf(each)));
      long left = number(command, i, 1) - missing[i].longValueExact();
      answer[i + 1] = lent == 0 && left < each ? left - each : left;
    }
  }

  private static long number(Stores.Command command, int bucket, int which) {
    return command.numbers()[2 + NUMBERS * bucket + which];
  }
}
