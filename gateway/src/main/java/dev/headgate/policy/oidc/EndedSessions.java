package dev.headgate.policy.oidc;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that were ended on this node before their time, although somebody may still have their
 * cookies: single ones, and all that a provider calls by a name. A name ends the sessions that had
 * begun by then, and is remembered until the last of them would have expired; who logs in again has
 * a session as ever. A map, bounded.
 */
@Shared
final class EndedSessions {
  private static final Logger LOG = LoggerFactory.getLogger(EndedSessions.class);
  private static final int MOST = 50_000;

  private static final String ID = "id ";
  private static final String SID = "sid ";
  private static final String SUBJECT = "sub ";

  /** For sessions of which the provider did not say which of its own they belong to. */
  private static final String SUBJECT_ALONE = "sub alone ";

  /** By the name: which sessions it ends, by when they began, in milliseconds since 1970. */
  private final ConcurrentHashMap<String, Long> begunUntil = new ConcurrentHashMap<>();

  /**
   * By what a session can be ended.
   *
   * @param claims of its ID token
   */
  static List<String> names(Session session, Map<String, Object> claims) {
    List<String> names = new ArrayList<>();
    names.add(ID + session.id());
    boolean hasSid = claims.get("sid") instanceof String;
    if (hasSid) {
      names.add(SID + claims.get("sid"));
    }
    if (claims.get("sub") instanceof String subject) {
      names.add(SUBJECT + subject);
      if (!hasSid) {
        names.add(SUBJECT_ALONE + subject);
      }
    }
    return List.copyOf(names);
  }

  /**
   * What the provider means by a logout: one of its sessions, or all of a user's.
   *
   * @param claims of a logout token
   */
  static List<String> meant(Map<String, Object> claims) {
    Object sid = claims.get("sid");
    Object subject = claims.get("sub");
    if (sid == null) {
      return List.of(SUBJECT + subject);
    }
    return subject == null ? List.of(SID + sid) : List.of(SID + sid, SUBJECT_ALONE + subject);
  }

  /** Ends a session, whenever it began. */
  void end(Session session, Duration maxAge, Loop loop) {
    end(ID + session.id(), Math.max(loop.wallMillis(), session.times().startedAt()), maxAge, loop);
  }

  /**
   * Ends all sessions of that name that have begun.
   *
   * @param maxAge how long sessions last
   * @return false if too many were ended
   */
  boolean end(String name, Duration maxAge, Loop loop) {
    return end(name, loop.wallMillis(), maxAge, loop);
  }

  private boolean end(String name, long until, Duration maxAge, Loop loop) {
    if (begunUntil.size() >= MOST) {
      long expired = loop.wallMillis() - maxAge.toMillis();
      begunUntil.values().removeIf(begun -> begun <= expired);
    }
    if (begunUntil.size() >= MOST && !begunUntil.containsKey(name)) {
      LOG.warn("{} sessions have been ended: a copy of a further one would be taken", MOST);
      return false;
    }
    begunUntil.merge(name, until, Math::max);
    return true;
  }

  boolean contains(List<String> names, Session session) {
    if (begunUntil.isEmpty()) {
      return false;
    }
    for (int i = 0; i < names.size(); i++) {
      Long until = begunUntil.get(names.get(i));
      if (until != null && session.times().startedAt() <= until) {
        return true;
      }
    }
    return false;
  }
}
