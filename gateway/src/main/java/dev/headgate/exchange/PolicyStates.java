package dev.headgate.exchange;

import dev.headgate.concurrent.LoopConfined;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What policies keep of one request: few of them do, so they are looked for one by one. */
@LoopConfined
final class PolicyStates {
  private @Nullable Object[] pairs = {};

  @Nullable Object of(Policy owner) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] == owner) {
        return pairs[i + 1];
      }
    }
    return null;
  }

  void set(Policy owner, Object value) {
    for (int i = 0; i < pairs.length; i += 2) {
      if (pairs[i] == owner) {
        pairs[i + 1] = value;
        return;
      }
    }
    pairs = Arrays.copyOf(pairs, pairs.length + 2);
    pairs[pairs.length - 2] = owner;
    pairs[pairs.length - 1] = value;
  }
}
