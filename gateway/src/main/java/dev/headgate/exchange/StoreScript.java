package dev.headgate.exchange;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A program that a store runs as one step, in Lua as Redis knows it. Immutable. */
public final class StoreScript {
  private final String text;
  private final String digest;

  public StoreScript(String text) {
    this.text = text;
    try {
      this.digest =
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  public String text() {
    return text;
  }

  /** By which a store that has run it knows it again: its SHA-1 in hexadecimal. */
  public String digest() {
    return digest;
  }
}
