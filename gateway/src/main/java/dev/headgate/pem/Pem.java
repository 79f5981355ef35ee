package dev.headgate.pem;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The blocks of a PEM file (RFC 7468), in order. Text between blocks is passed over, as other tools
 * do.
 */
public record Pem(List<Block> blocks) {
  /** Longest file that is read: a thousand certificates or so. */
  public static final int MAX_BYTES = 4 << 20;

  private static final String BEGIN = "-----BEGIN ";
  private static final String END = "-----END ";
  private static final String DASHES = "-----";

  /**
   * One block.
   *
   * @param label the words between BEGIN and the dashes
   * @param encrypted whether it is encrypted in the old way, by a Proc-Type header inside
   * @param der the decoded bytes
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Block(String label, boolean encrypted, byte[] der) {}

  /**
   * @throws IOException if the file cannot be read, is longer than {@link #MAX_BYTES}, or a block
   *     of it does not end or is not base64; the message says which and contains nothing of it
   */
  public static Pem read(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException("is longer than " + MAX_BYTES + " bytes");
    }
    return parse(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  /**
   * What a file holds that was read already.
   *
   * @throws InvalidKeyException if a block of it does not end or is not base64
   */
  static Pem of(byte[] file) throws InvalidKeyException {
    try {
      return parse(new String(file, StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new InvalidKeyException(e.getMessage());
    }
  }

  static Pem parse(String text) throws IOException {
    List<Block> blocks = new ArrayList<>();
    int at = text.indexOf(BEGIN);
    while (at >= 0) {
      int labelEnd = text.indexOf(DASHES, at + BEGIN.length());
      if (labelEnd < 0) {
        throw new IOException("has a BEGIN line without its dashes");
      }
      String label = text.substring(at + BEGIN.length(), labelEnd);
      int bodyStart = labelEnd + DASHES.length();
      int end = text.indexOf(END + label + DASHES, bodyStart);
      if (end < 0) {
        throw new IOException("has a block that begins but does not end");
      }
      blocks.add(block(label, text.substring(bodyStart, end)));
      at = text.indexOf(BEGIN, end + END.length());
    }
    return new Pem(List.copyOf(blocks));
  }

  private static Block block(String label, String body) throws IOException {
    StringBuilder base64 = new StringBuilder(body.length());
    boolean encrypted = false;
    for (String line : body.lines().toList()) {
      if (line.indexOf(':') >= 0) {
        encrypted |= line.startsWith("Proc-Type:") && line.contains("ENCRYPTED");
      } else {
        base64.append(line.strip());
      }
    }
    if (encrypted) {
      return new Block(label, true, new byte[0]);
    }
    try {
      return new Block(label, false, Base64.getDecoder().decode(base64.toString()));
    } catch (IllegalArgumentException e) {
      // The decoder's message quotes what it stumbled on, which may be part of a key.
      throw new IOException("has a block that is not base64");
    }
  }
}
