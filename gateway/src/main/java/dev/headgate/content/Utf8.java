package dev.headgate.content;

/** Which bytes are UTF-8 (RFC 3629 section 4). */
public final class Utf8 {
  private Utf8() {}

  /** How many bytes follow the first one of a character; 0 if none beyond ASCII begins with it. */
  public static int following(int lead) {
    if (lead < 0xC2 || lead > 0xF4) {
      return 0;
    }
    return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  }

  /** The lowest that the second byte may be: not what a shorter form could say. */
  public static int lowest(int lead) {
    return lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  }

  /** The highest that the second byte may be: no surrogates, nothing beyond Unicode. */
  public static int highest(int lead) {
    return lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  }
}
