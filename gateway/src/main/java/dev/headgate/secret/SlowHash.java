package dev.headgate.secret;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * A hash that is slow on purpose, so that whoever has it cannot try many secrets: Argon2id (RFC
 * 9106, in PHC's string form) or bcrypt. What it costs to check is bounded when it is read, so that
 * no hash that somebody writes down can hold up a thread for long or fill the heap. Immutable.
 */
public interface SlowHash {
  /** The most that one check may take: 64 MiB, and four passes over as much. */
  int MOST_MEMORY_KIB = 65_536;

  int MOST_WORK_KIB = 4 * MOST_MEMORY_KIB;
  int MOST_LANES = 16;
  int MOST_BCRYPT_COST = 14;

  /** Below these a hash is worth a warning: the least that OWASP advises. */
  int LEAST_WORK_KIB = 5 * 7_168;

  int LEAST_BCRYPT_COST = 10;

  /** A hash that is none, or costs too much. */
  final class Malformed extends Exception {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  /**
   * Reads a hash.
   *
   * @throws Malformed with a message that says why and contains nothing of the hash
   */
  static SlowHash parse(String text) throws Malformed {
    if (text.startsWith("$argon2id$")) {
      return Argon2id.parse(text);
    }
    if (text.startsWith("$2a$") || text.startsWith("$2b$") || text.startsWith("$2y$")) {
      return Bcrypt.parse(text);
    }
    throw new Malformed("expected a hash that begins with $argon2id$, $2b$, $2a$ or $2y$");
  }

  /** Makes the hash of a secret, with parameters that are good today and a salt of its own. */
  static SlowHash of(byte[] secret, SecureRandom random) {
    byte[] salt = new byte[16];
    random.nextBytes(salt);
    Argon2id empty = new Argon2id(19_456, 2, 1, salt, new byte[32]);
    return new Argon2id(19_456, 2, 1, salt, empty.hash(secret));
  }

  /** Whether it is the hash of that secret. Slow: not for an event loop. */
  boolean matches(byte[] secret);

  /** The hash as it is written. */
  String text();

  /** One that costs the same to check and matches nothing. */
  SlowHash decoy(SecureRandom random);

  /** Why it protects its secret badly. */
  Optional<String> weakness();

  /** Argon2id. */
  @SuppressWarnings("ArrayRecordComponent")
  record Argon2id(int memoryKib, int passes, int lanes, byte[] salt, byte[] hash)
      implements SlowHash {
    private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

    private static Argon2id parse(String text) throws Malformed {
      String[] parts = text.split("\\$", -1);
      if (parts.length != 6 || !parts[2].equals("v=19")) {
        throw new Malformed("expected $argon2id$v=19$m=…,t=…,p=…$salt$hash");
      }
      String[] costs = parts[3].split(",", -1);
      if (costs.length != 3) {
        throw new Malformed("expected m=…,t=…,p=… and nothing else");
      }
      int memory = number(costs[0], "m=");
      int passes = number(costs[1], "t=");
      int lanes = number(costs[2], "p=");
      byte[] salt = base64(parts[4], 8, 64);
      byte[] hash = base64(parts[5], 16, 64);
      if (lanes < 1 || passes < 1 || memory < 8 * lanes) {
        throw new Malformed("p and t begin at 1, m at 8 times p");
      }
      if (memory > MOST_MEMORY_KIB
          || lanes > MOST_LANES
          || (long) memory * passes > MOST_WORK_KIB) {
        throw new Malformed(
            "a check would cost too much: m is at most %d, p at most %d, m times t at most %d"
                .formatted(MOST_MEMORY_KIB, MOST_LANES, MOST_WORK_KIB));
      }
      return new Argon2id(memory, passes, lanes, salt, hash);
    }

    private static int number(String text, String name) throws Malformed {
      String digits = text.startsWith(name) ? text.substring(name.length()) : "";
      boolean good = !digits.isEmpty() && digits.length() <= 9 && digits.charAt(0) != '0';
      for (int i = 0; i < digits.length(); i++) {
        good &= digits.charAt(i) >= '0' && digits.charAt(i) <= '9';
      }
      if (!good) {
        throw new Malformed("expected m=…,t=…,p=… with whole numbers");
      }
      return Integer.parseInt(digits);
    }

    private static byte[] base64(String text, int least, int most) throws Malformed {
      byte[] bytes = {};
      try {
        bytes = text.length() > 2 * most ? bytes : Base64.getDecoder().decode(text);
      } catch (IllegalArgumentException e) {
        throw new Malformed("the salt and the hash are base64 without padding");
      }
      if (bytes.length < least
          || bytes.length > most
          || !ENCODER.encodeToString(bytes).equals(text)) {
        throw new Malformed(
            "the salt and the hash are base64 without padding, of 8 and 16 to 64 bytes");
      }
      return bytes;
    }

    private byte[] hash(byte[] secret) {
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withVersion(Argon2Parameters.ARGON2_VERSION_13)
              .withMemoryAsKB(memoryKib)
              .withIterations(passes)
              .withParallelism(lanes)
              .withSalt(salt)
              .build());
      byte[] out = new byte[hash.length];
      generator.generateBytes(secret, out);
      return out;
    }

    @Override
    public boolean matches(byte[] secret) {
      return MessageDigest.isEqual(hash(secret), hash);
    }

    @Override
    public String text() {
      return "$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s"
          .formatted(
              memoryKib, passes, lanes, ENCODER.encodeToString(salt), ENCODER.encodeToString(hash));
    }

    @Override
    public SlowHash decoy(SecureRandom random) {
      byte[] nothing = new byte[hash.length];
      random.nextBytes(nothing);
      return new Argon2id(memoryKib, passes, lanes, salt, nothing);
    }

    @Override
    public Optional<String> weakness() {
      return (long) memoryKib * passes < LEAST_WORK_KIB
          ? Optional.of("m times t is under " + LEAST_WORK_KIB)
          : Optional.empty();
    }

    @Override
    public String toString() {
      return "Argon2id";
    }
  }

  /** bcrypt. Looks at the first 72 bytes of a secret only. */
  record Bcrypt(String text, int cost) implements SlowHash {
    private static final int LENGTH = 60;
    private static final String DIGITS =
        "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private static Bcrypt parse(String text) throws Malformed {
      boolean good =
          text.length() == LENGTH
              && Character.isDigit(text.charAt(4))
              && Character.isDigit(text.charAt(5))
              && text.charAt(6) == '$';
      for (int i = 7; good && i < LENGTH; i++) {
        good = DIGITS.indexOf(text.charAt(i)) >= 0;
      }
      int cost = good ? Integer.parseInt(text.substring(4, 6)) : 0;
      if (!good || cost < 4 || cost > 31 || !isCanonical(text)) {
        throw new Malformed("expected $2b$, two digits, $ and 53 of bcrypt's letters");
      }
      if (cost > MOST_BCRYPT_COST) {
        throw new Malformed("a check would cost too much: the cost is at most " + MOST_BCRYPT_COST);
      }
      return new Bcrypt(text, cost);
    }

    /** The last letters of salt and hash hold fewer bits than a letter has. */
    private static boolean isCanonical(String text) {
      return DIGITS.indexOf(text.charAt(28)) % 16 == 0 && DIGITS.indexOf(text.charAt(59)) % 4 == 0;
    }

    @Override
    public boolean matches(byte[] secret) {
      return OpenBSDBCrypt.checkPassword(text, secret);
    }

    @Override
    public SlowHash decoy(SecureRandom random) {
      StringBuilder nothing = new StringBuilder(text.substring(0, LENGTH - 31));
      for (int i = 0; i < 30; i++) {
        nothing.append(DIGITS.charAt(random.nextInt(DIGITS.length())));
      }
      return new Bcrypt(nothing.append('.').toString(), cost);
    }

    @Override
    public Optional<String> weakness() {
      return cost < LEAST_BCRYPT_COST
          ? Optional.of("its cost is under " + LEAST_BCRYPT_COST)
          : Optional.empty();
    }

    @Override
    public String toString() {
      return "Bcrypt";
    }
  }
}
