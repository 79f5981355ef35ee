package dev.headgate.exchange;

import java.util.Locale;

/**
 * The steps in the life of a request, in order. The words are the same in the code, the docs,
 * metrics and logs.
 */
public enum Stage {
  ACCEPT,
  READ,
  ROUTE,
  ADMIT,
  AUTHENTICATE,
  AUTHORIZE,
  LIMIT,
  PROTECT,
  VALIDATE,
  CACHE,
  TRANSFORM,
  FORWARD,
  RESPOND,
  RECORD;

  private final String word = name().toLowerCase(Locale.ROOT);

  /** The name in lower case, as it is shown. */
  public String word() {
    return word;
  }
}
