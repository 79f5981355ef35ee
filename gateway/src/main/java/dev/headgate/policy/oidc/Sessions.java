package dev.headgate.policy.oidc;

import dev.headgate.callout.Known;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Identity;
import dev.headgate.exchange.Loop;
import dev.headgate.jose.CompactJws;
import dev.headgate.jose.Malformed;
import dev.headgate.jose.StrictJson;
import dev.headgate.jose.TokenOwners;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens and seals sessions. One that was opened is remembered for a while by the hash of its seal,
 * so that the next request with it costs no decryption.
 */
@LoopConfined
final class Sessions {
  private static final int REMEMBERED = 2048;

  /** How much of its idle time a session is used before its cookie says so. */
  private static final int IDLE_PARTS = 10;

  private final Oidc.Session config;
  private final Seal seal;
  private final TokenOwners owners;
  private final EndedSessions ended;
  private final Loop loop;
  private final Known<Opened> known = new Known<>(REMEMBERED);
  private final MessageDigest sha256;

  /**
   * A session, with who it is.
   *
   * @param names by which it can be ended
   */
  record Opened(Session session, Identity identity, List<String> names) {}

  Sessions(Oidc.Session config, Seal seal, TokenOwners owners, EndedSessions ended, Loop loop) {
    this.config = config;
    this.seal = seal;
    this.owners = owners;
    this.ended = ended;
    this.loop = loop;
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The session that is sealed in these cookies; null if there is none that lasts. */
  @Nullable Opened open(Cookies cookies) {
    String sealed = cookies.session();
    if (sealed == null) {
      return null;
    }
    byte[] hash = sha256.digest(sealed.getBytes(StandardCharsets.ISO_8859_1));
    Opened opened = known.find(hash);
    if (opened == null) {
      byte[] plain = seal.open(sealed);
      Session session = plain == null ? null : Session.read(plain);
      opened = session == null ? null : opened(session);
      if (opened == null) {
        return null;
      }
      known.put(hash, opened, Known.Worth.MUCH, endsAt(opened.session()), loop.wallMillis());
    }
    return lasts(opened) ? opened : null;
  }

  /** A session with who it is; null if its ID token cannot be read, as none that was verified. */
  @Nullable Opened opened(Session session) {
    try {
      byte[] token = session.tokens().idToken().getBytes(StandardCharsets.US_ASCII);
      Map<String, Object> claims =
          StrictJson.object(CompactJws.parse(token, 0, token.length).payload());
      if (!session.tokens().scope().isEmpty()) {
        claims.putIfAbsent("scope", session.tokens().scope());
      }
      return new Opened(session, owners.identity(claims), EndedSessions.names(session, claims));
    } catch (Malformed e) {
      return null;
    }
  }

  private boolean lasts(Opened opened) {
    Session session = opened.session();
    return loop.wallMillis() < endsAt(session) && !ended.contains(opened.names(), session);
  }

  private long endsAt(Session session) {
    long end = session.times().startedAt() + config.maxAge().toMillis();
    Duration idle = config.idle();
    return idle == null ? end : Math.min(end, session.times().usedAt() + idle.toMillis());
  }

  /** Whether its cookie should say again when it was used. */
  boolean isStale(Session session) {
    Duration idle = config.idle();
    return idle != null
        && loop.wallMillis() - session.times().usedAt() >= idle.toMillis() / IDLE_PARTS;
  }

  /** What sets its cookies; empty if it is too long for them. */
  List<String> setting(Session session, Cookies cookies) {
    long left = session.times().startedAt() + config.maxAge().toMillis() - loop.wallMillis();
    return cookies.settingSession(seal.seal(session.bytes()), Duration.ofMillis(Math.max(0, left)));
  }

  /** Ends a session before its time, on this node. */
  void end(Session session) {
    ended.end(session, config.maxAge(), loop);
  }

  /**
   * Ends all sessions that the provider means, on this node.
   *
   * @param claims of its logout token
   * @return false if too many have been ended
   */
  boolean end(Map<String, Object> claims) {
    boolean all = true;
    for (String name : EndedSessions.meant(claims)) {
      all &= ended.end(name, config.maxAge(), loop);
    }
    return all;
  }
}
