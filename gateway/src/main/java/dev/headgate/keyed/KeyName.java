package dev.headgate.keyed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.ClientNetwork;
import dev.headgate.exchange.Exchange;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * Names for operators what requests are told apart by, as in {@code consumer acme, route orders}.
 * Where a request has no such thing, it is its client's address that stands in. A header field or a
 * cookie may hold a secret, so instead of its value stands the beginning of its SHA-256, by which
 * somebody who has the value can find it.
 */
@LoopConfined
public final class KeyName {
  private static final int LONGEST = 80;
  private static final int DIGEST_BYTES = 6;
  private static final String HEADER = "header:";
  private static final String COOKIE = "cookie:";

  private final List<String> per;
  private final List<KeyPart> parts;

  /**
   * @param per checked before, see {@link RequestKey#check}
   */
  public KeyName(List<String> per) {
    this.per = List.copyOf(per);
    this.parts = per.stream().map(text -> Objects.requireNonNull(KeyPart.of(text))).toList();
  }

  /** The name of what a request counts for. */
  public String of(Exchange exchange) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      name.append(i == 0 ? "" : ", ");
      parts.get(i).put(exchange, new Told(name, per.get(i)));
    }
    return name.toString();
  }

  /** Writes down the pieces of one part. */
  private static final class Told implements KeySink {
    private final StringBuilder name;
    private final String word;
    private boolean begun;

    Told(StringBuilder name, String word) {
      this.name = name;
      this.word = word;
    }

    @Override
    public void kind(byte kind) {}

    @Override
    public void bytes(byte[] address) {
      name.append("client ").append(ClientNetwork.text(address));
    }

    @Override
    public void text(String text) {
      name.append(begun ? "/" : word + " ");
      begun = true;
      name.append(word.startsWith(HEADER) || word.startsWith(COOKIE) ? digest(text) : shown(text));
    }

    private static String shown(String text) {
      StringBuilder shown = new StringBuilder();
      for (int i = 0; i < Math.min(LONGEST, text.length()); i++) {
        char c = text.charAt(i);
        shown.append(Character.isISOControl(c) ? '?' : c);
      }
      return text.length() <= LONGEST ? shown.toString() : shown.append('…').toString();
    }

    private static String digest(String text) {
      try {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        return "sha256:" + HexFormat.of().formatHex(Arrays.copyOf(hash, DIGEST_BYTES));
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }
  }
}
