package dev.headgate.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The key of a WebSocket handshake and the answer to it (RFC 6455 section 4). The key is no secret:
 * it proves that the other end speaks WebSocket, so it need not be hard to guess.
 *
 * @param text 16 bytes in base 64
 */
public record WebSocketKey(String text) {
  private static final String SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  public static WebSocketKey random() {
    byte[] bytes = new byte[16];
    ThreadLocalRandom.current().nextBytes(bytes);
    return new WebSocketKey(Base64.getEncoder().encodeToString(bytes));
  }

  /** The value of Sec-WebSocket-Accept for this key. */
  public String accept() {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder()
          .encodeToString(sha1.digest((text + SUFFIX).getBytes(StandardCharsets.ISO_8859_1)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  public boolean accepts(@Nullable String answer) {
    return accept().equals(answer);
  }
}
