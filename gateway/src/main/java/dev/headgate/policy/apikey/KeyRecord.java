package dev.headgate.policy.apikey;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a key besides its hash.
 *
 * @param groups of a consumer that the configuration does not name
 * @param notBefore milliseconds since 1970; {@link #ALWAYS} if it is taken from the beginning
 * @param expires milliseconds since 1970; {@link #NEVER} if it is taken for ever
 */
record KeyRecord(String consumer, String id, List<String> groups, long notBefore, long expires) {
  static final long ALWAYS = Long.MIN_VALUE;
  static final long NEVER = Long.MAX_VALUE;

  static KeyRecord of(
      String consumer,
      String id,
      List<String> groups,
      @Nullable Instant notBefore,
      @Nullable Instant expires) {
    return new KeyRecord(
        consumer,
        id,
        groups,
        notBefore == null ? ALWAYS : notBefore.toEpochMilli(),
        expires == null ? NEVER : expires.toEpochMilli());
  }
}
