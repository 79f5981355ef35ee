package dev.headgate.policy.oidc;

import dev.headgate.concurrent.Shared;
import dev.headgate.exchange.Loop;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions that were ended on this node before their time, although somebody may still have their
 * cookies. Each is remembered until it would have expired. A map, bounded: beyond that a session
 * that is ended only loses its cookie in the browser that ended it.
 */
@Shared
final class EndedSessions {
  private static final Logger LOG = LoggerFactory.getLogger(EndedSessions.class);
  private static final int MOST = 50_000;

  /** By the session's id: until when it would last, in milliseconds since 1970. */
  private final ConcurrentHashMap<String, Long> lastUntil = new ConcurrentHashMap<>();

  /**
   * Ends a session.
   *
   * @param until when it would expire by itself, in milliseconds since 1970
   */
  void end(String id, long until, Loop loop) {
    if (lastUntil.size() >= MOST) {
      long now = loop.wallMillis();
      lastUntil.values().removeIf(end -> end <= now);
    }
    if (lastUntil.size() < MOST) {
      lastUntil.put(id, until);
    } else {
      LOG.warn("{} sessions have been ended: a copy of a further one would be taken", MOST);
    }
  }

  boolean contains(String id) {
    return !lastUntil.isEmpty() && lastUntil.containsKey(id);
  }
}
