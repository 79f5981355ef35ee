package dev.headgate.exchange;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The credentials that a policy knows one by one, for operators to look at. Of a credential it says
 * who has it and when it was used, and nothing by which it could be guessed. May be asked from any
 * thread.
 */
public interface CredentialList {
  /** Where the credentials are written: {@code consumers}, or the name of a file. */
  String source();

  /** From when on uses have been noted on this node. */
  Instant since();

  int size();

  /**
   * One of them.
   *
   * @param number from 0 on, below {@link #size}
   */
  Listed at(int number);

  /**
   * A credential as it is listed.
   *
   * @param notBefore null if it is taken from the beginning
   * @param expires null if it is taken for ever
   * @param lastUsed to the second; null if it was not used since uses have been noted
   */
  record Listed(
      String consumer,
      String id,
      @Nullable Instant notBefore,
      @Nullable Instant expires,
      @Nullable Instant lastUsed) {}
}
