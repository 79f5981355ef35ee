package dev.headgate.keyed;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.Config;
import dev.headgate.config.Nearest;
import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.check.HeaderFields;
import dev.headgate.exchange.Exchange;
import java.security.SecureRandom;
import java.util.List;
import java.util.Objects;

/**
 * Makes a key of what requests are told apart by: 64 bits of a hash that nobody outside can
 * predict, so that nobody can choose whose state to share.
 */
@LoopConfined
public final class RequestKey {
  private final List<KeyPart> parts;
  private final HashStream64 hash;
  private final KeySink sink;

  /** What all keys of a node are made with, so that loops and revisions make the same ones. */
  public record Seed(Hasher64 hasher) {
    public static Seed random() {
      SecureRandom random = new SecureRandom();
      return new Seed(
          Hashing.polymurHash2_0(random.nextLong(), random.nextLong(), random.nextLong()));
    }
  }

  /**
   * @param per checked before, see {@link #check}
   */
  public RequestKey(List<String> per, Seed seed) {
    this.parts = per.stream().map(text -> Objects.requireNonNull(KeyPart.of(text))).toList();
    this.hash = seed.hasher().hashStream();
    this.sink = new Hashed(hash);
  }

  /** The key of a request. */
  public long of(Exchange exchange) {
    hash.reset();
    for (int i = 0; i < parts.size(); i++) {
      parts.get(i).put(exchange, sink);
    }
    return hash.getAsLong();
  }

  private record Hashed(HashStream64 hash) implements KeySink {
    @Override
    public void kind(byte kind) {
      hash.putByte(kind);
    }

    @Override
    public void bytes(byte[] bytes) {
      hash.putBytes(bytes);
    }

    @Override
    public void text(String text) {
      hash.putString(text);
    }
  }

  /** Whether the key is only known once somebody has said who is calling. */
  public static boolean needsIdentity(List<String> per) {
    return per.stream().anyMatch(KeyPart::needsIdentity);
  }

  /**
   * Reports what requests cannot be told apart by.
   *
   * @param policy the configuration of the policy that tells them apart
   */
  public static void check(
      String at, List<String> per, Object policy, Config whole, Problems problems) {
    if (per.isEmpty()) {
      problems.error(at, "what has a limit of its own?", "as in 'per: client'");
    }
    for (int i = 0; i < per.size(); i++) {
      part(at + "[" + i + "]", per.get(i), problems);
      if (per.get(i).startsWith(CapturedNames.WORD)) {
        CapturedNames.check(at + "[" + i + "]", per.get(i), policy, whole, problems);
      }
    }
  }

  private static void part(String at, String text, Problems problems) {
    if (KeyPart.of(text) == null) {
      String near = Nearest.hint(text, KeyPart.WORDS);
      problems.error(
          at,
          Shown.quoted(text) + " is nothing that can have a limit of its own",
          near.isEmpty() ? "there are " + String.join(", ", KeyPart.WORDS) : near);
    } else if (text.startsWith("header:")) {
      new HeaderFields(problems).name(at, text.substring("header:".length()));
    }
  }
}
