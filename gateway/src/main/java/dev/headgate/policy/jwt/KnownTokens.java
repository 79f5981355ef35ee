package dev.headgate.policy.jwt;

import static dev.headgate.exchange.CredentialHash.LENGTH;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.Identity;
import dev.headgate.jose.KeySet;
import dev.headgate.jose.VerificationKey;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The tokens that one loop has verified, by their SHA-256: 32 bytes each, so that no credential is
 * kept, found without making an object.
 *
 * <p>A table of sets of eight places. The first bytes of the hash choose the set, which is then
 * searched whole; a new token takes an empty place there, else that of a token that has expired,
 * else that of the one that was not used for longest. So it is bounded, needs no list of what was
 * used when, and a look-up touches 256 bytes. The hash is one that nobody can choose: a token must
 * have been verified to be here, and equal hashes of two tokens are out of anybody's reach, so that
 * a token that is found is the one that was verified, every byte of it.
 */
@LoopConfined
final class KnownTokens {
  private static final int WAYS = 8;
  private static final byte[] NOTHING = {};

  private final int sets;
  private byte[] hashes = NOTHING;
  private @Nullable Token[] tokens = {};
  private long uses;

  /** A token that was verified. */
  static final class Token {
    private final Identity identity;
    private final VerificationKey key;
    private final long notBefore;
    private final long expires;
    private final Binding binding;
    private KeySet keys;
    private long used;

    /**
     * @param binding to whom it is bound
     */
    Token(Identity identity, Verification.Verified verified, Binding binding) {
      this.identity = identity;
      this.key = verified.key();
      this.keys = verified.keys();
      this.notBefore = verified.said().notBefore();
      this.expires = verified.said().expires();
      this.binding = binding;
    }

    Binding binding() {
      return binding;
    }

    Identity identity() {
      return identity;
    }

    long notBefore() {
      return notBefore;
    }

    long expires() {
      return expires;
    }

    /** Whether the key that it was verified with is still among the issuer's. */
    boolean holds(KeySet current) {
      if (keys == current) {
        return true;
      }
      if (!current.holds(key)) {
        return false;
      }
      keys = current;
      return true;
    }
  }

  /**
   * @param most how many are remembered, about; 0 for none
   */
  KnownTokens(int most) {
    this.sets = most == 0 ? 0 : Math.max(1, Integer.highestOneBit(Math.max(1, most / WAYS)));
  }

  /** The token with that hash, or null. */
  @Nullable Token find(byte[] hash) {
    if (hashes.length == 0) {
      return null;
    }
    int first = first(hash);
    for (int place = first; place < first + WAYS; place++) {
      Token token = tokens[place];
      if (token != null && CredentialHash.equal(hash, hashes, place * LENGTH)) {
        token.used = ++uses;
        return token;
      }
    }
    return null;
  }

  /**
   * Remembers a token.
   *
   * @param now milliseconds since 1970
   */
  void put(byte[] hash, Token token, long now) {
    if (sets == 0) {
      return;
    }
    if (hashes.length == 0) {
      hashes = new byte[sets * WAYS * LENGTH];
      tokens = new Token[sets * WAYS];
    }
    int first = first(hash);
    int chosen = first;
    long least = Long.MAX_VALUE;
    for (int place = first; place < first + WAYS; place++) {
      Token there = tokens[place];
      boolean same = there != null && CredentialHash.equal(hash, hashes, place * LENGTH);
      long worth =
          same ? Long.MIN_VALUE : there == null ? -1 : there.expires <= now ? 0 : there.used;
      if (worth < least) {
        least = worth;
        chosen = place;
      }
    }
    System.arraycopy(hash, 0, hashes, chosen * LENGTH, LENGTH);
    token.used = ++uses;
    tokens[chosen] = token;
  }

  private int first(byte[] hash) {
    return (ByteBuffer.wrap(hash).getInt() & (sets - 1)) * WAYS;
  }
}
