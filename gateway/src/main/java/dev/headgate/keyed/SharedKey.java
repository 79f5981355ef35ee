package dev.headgate.keyed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Exchange;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Makes a key of what requests are told apart by that is the same on all nodes: 128 bits of a
 * SHA-256, in Base64. As all nodes must make the same, there is no secret in it; that two requests
 * get one key is out of reach all the same, and what the key was made of does not show.
 */
@LoopConfined
public final class SharedKey {
  private static final int BYTES = 16;
  private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

  private final List<KeyPart> parts;
  private final byte[] purpose;
  private final MessageDigest digest = sha256();
  private final KeySink sink = new Digested(digest);

  /**
   * @param purpose what the key is for; other purposes get other keys
   * @param per checked before, see {@link RequestKey#check}
   */
  public SharedKey(String purpose, List<String> per) {
    this.parts = per.stream().map(text -> Objects.requireNonNull(KeyPart.of(text))).toList();
    sink.text(purpose);
    per.forEach(sink::text);
    this.purpose = digest.digest();
  }

  /** The key of a request: 22 characters. */
  public String of(Exchange exchange) {
    digest.update(purpose);
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).put(exchange, sink);
    }
    return TEXT.encodeToString(Arrays.copyOf(digest.digest(), BYTES));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Each piece with its length, so that two pieces are never taken for one. */
  private record Digested(MessageDigest digest) implements KeySink {
    @Override
    public void kind(byte kind) {
      digest.update(kind);
    }

    @Override
    public void bytes(byte[] bytes) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
      digest.update(bytes);
    }

    @Override
    public void text(String text) {
      bytes(text.getBytes(UTF_8));
    }
  }
}
