package dev.headgate.policy.oidc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.ManualLoop;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which sessions a provider's logout ends, and for how long that is known. */
class EndedSessionsTest {
  private static final Duration MAX_AGE = Duration.ofHours(8);

  private final ManualLoop loop = new ManualLoop();
  private final EndedSessions ended = new EndedSessions();

  private Session session(String id) {
    long now = loop.wallMillis();
    return new Session(
        id, new Session.Times(now, now, Session.NEVER, 0), new Session.Tokens("", "", "", ""));
  }

  private boolean isEnded(Session session, Map<String, Object> claims) {
    return ended.contains(EndedSessions.names(session, claims), session);
  }

  private void logOut(Map<String, Object> token) {
    EndedSessions.meant(token).forEach(name -> assertThat(ended.end(name, MAX_AGE, loop)).isTrue());
  }

  @Test
  void aSidEndsTheSessionsOfThatNameOnly() {
    Session session = session("a");
    logOut(Map.of("sid", "1"));
    assertThat(isEnded(session, Map.of("sub", "ada", "sid", "1"))).isTrue();
    assertThat(isEnded(session, Map.of("sub", "ada", "sid", "2"))).isFalse();
    assertThat(isEnded(session, Map.of("sub", "1"))).isFalse();
    assertThat(isEnded(session, Map.of("sub", "alone 1"))).isFalse();
  }

  @Test
  void aSubjectEndsAllOfAUser() {
    Session session = session("a");
    logOut(Map.of("sub", "ada"));
    assertThat(isEnded(session, Map.of("sub", "ada", "sid", "1"))).isTrue();
    assertThat(isEnded(session, Map.of("sub", "ada"))).isTrue();
    assertThat(isEnded(session, Map.of("sub", "bob", "sid", "ada"))).isFalse();
  }

  @Test
  void withBothTheOtherSessionsOfTheUserGoOnUnlessTheyHaveNoSid() {
    Session session = session("a");
    logOut(Map.of("sub", "ada", "sid", "1"));
    assertThat(isEnded(session, Map.of("sub", "ada", "sid", "1"))).isTrue();
    assertThat(isEnded(session, Map.of("sub", "ada", "sid", "2"))).isFalse();
    assertThat(isEnded(session, Map.of("sub", "ada"))).isTrue();
    assertThat(isEnded(session, Map.of("sub", "bob"))).isFalse();
  }

  @Test
  void whoLogsInAgainHasASession() {
    Session before = session("a");
    logOut(Map.of("sub", "ada", "sid", "1"));
    loop.advance(Duration.ofMillis(1));
    Session after = session("b");
    Map<String, Object> claims = Map.of("sub", "ada", "sid", "1");
    assertThat(isEnded(before, claims)).isTrue();
    assertThat(isEnded(after, claims)).isFalse();
  }

  @Test
  void asManyAsFitAreKnownUntilTheyWouldHaveExpired() {
    int most = 0;
    while (ended.end("sub " + most, MAX_AGE, loop)) {
      most++;
    }
    assertThat(most).isEqualTo(50_000);
    assertThat(ended.end("sub 7", MAX_AGE, loop)).as("known already").isTrue();
    loop.advance(MAX_AGE.minusSeconds(1));
    assertThat(ended.end("sub more", MAX_AGE, loop)).isFalse();
    loop.advance(Duration.ofSeconds(2));
    assertThat(ended.end("sub more", MAX_AGE, loop)).isTrue();
  }
}
