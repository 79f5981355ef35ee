package dev.headgate.secret;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Stage;
import dev.headgate.secret.ProvenSecrets.Verdict;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A loop whose other threads are the test, and hashes that count how often they are checked. */
class ProvenSecretsTest {
  private static final Duration REMEMBER = Duration.ofMinutes(5);
  private static final Failure SLOWED = Failure.client(Stage.AUTHENTICATE, 429, "auth.slowed", "");

  private final ManualLoop loop = new ManualLoop();
  private final ProvenSecrets secrets = new ProvenSecrets(loop);
  private final AtomicInteger checks = new AtomicInteger();

  private SlowHash hash(String secret) {
    return new Counted(secret, checks, false);
  }

  /** Not slow, and by its secret, so that a test sees what is checked. */
  private record Counted(String secret, AtomicInteger checks, boolean broken) implements SlowHash {
    @Override
    public boolean matches(byte[] shown) {
      checks.incrementAndGet();
      if (broken) {
        throw new IllegalStateException("broken");
      }
      return secret.equals(new String(shown, UTF_8));
    }

    @Override
    public String text() {
      return secret;
    }

    @Override
    public SlowHash decoy(SecureRandom random) {
      return this;
    }

    @Override
    public Optional<String> weakness() {
      return Optional.empty();
    }
  }

  private final class Asked implements ProvenSecrets.Asking {
    final List<Verdict> verdicts = new ArrayList<>();
    private final boolean slowed;
    private @Nullable Decision decision;

    Asked(boolean slowed) {
      this.slowed = slowed;
    }

    @Override
    public @Nullable Failure refusal() {
      return slowed ? SLOWED : null;
    }

    @Override
    public Decision decided(Verdict verdict) {
      verdicts.add(verdict);
      return Decision.CONTINUE;
    }

    Asked ask(SlowHash hash, String secret) {
      decision = secrets.prove(hash, secret.getBytes(UTF_8), REMEMBER, this);
      return this;
    }

    void goAway() {
      if (decision instanceof Decision.Await await) {
        await.cancel();
      }
    }
  }

  private Asked ask(SlowHash hash, String secret) {
    return new Asked(false).ask(hash, secret);
  }

  @Test
  void aSecretIsCheckedOnceForAllWhoShowItMeanwhileAndThenRemembered() {
    SlowHash hash = hash("open");
    Asked first = ask(hash, "open");
    Asked second = ask(hash, "open");
    assertThat(first.verdicts).isEmpty();

    loop.runTasks();
    assertThat(first.verdicts).containsExactly(Verdict.PROVEN);
    assertThat(second.verdicts).containsExactly(Verdict.PROVEN);
    assertThat(ask(hash, "open").verdicts).as("at once").containsExactly(Verdict.PROVEN);
    assertThat(checks).hasValue(1);

    loop.advance(REMEMBER);
    assertThat(ask(hash, "open").verdicts).isEmpty();
    loop.runTasks();
    assertThat(checks).hasValue(2);
  }

  @Test
  void aWrongSecretIsNoNewGuessForAMinute() {
    SlowHash hash = hash("open");
    Asked guess = ask(hash, "sesame");
    loop.runTasks();
    assertThat(guess.verdicts).containsExactly(Verdict.WRONG);
    assertThat(ask(hash, "sesame").verdicts).containsExactly(Verdict.KNOWN_WRONG);
    assertThat(checks).hasValue(1);

    loop.advance(Duration.ofMinutes(1));
    ask(hash, "sesame");
    loop.runTasks();
    assertThat(checks).hasValue(2);
  }

  @Test
  void aSecretIsProvenForItsHashOnly() {
    ask(hash("open"), "open");
    loop.runTasks();

    Asked other = ask(hash("other"), "open");
    loop.runTasks();
    assertThat(other.verdicts).containsExactly(Verdict.WRONG);
  }

  @Test
  void whoIsSlowedGetsNothingCheckedButWhatIsKnown() {
    SlowHash hash = hash("open");
    Asked slowed = new Asked(true).ask(hash, "open");
    assertThat(slowed.decision).isEqualTo(Decision.fail(SLOWED));
    loop.runTasks();
    assertThat(checks).hasValue(0);

    ask(hash, "open");
    loop.runTasks();
    assertThat(new Asked(true).ask(hash, "open").verdicts).containsExactly(Verdict.PROVEN);
  }

  @Test
  void fewChecksRunAtOnceSomeWaitAndTheRestIsTurnedAway() {
    SlowHash hash = hash("open");
    int room = ProvenSecrets.UNDER_WAY + ProvenSecrets.WAITING;
    List<Asked> asked = new ArrayList<>();
    for (int i = 0; i < room; i++) {
      asked.add(ask(hash, "guess " + i));
    }
    assertThat(ask(hash, "one too many").verdicts).containsExactly(Verdict.BUSY);
    Asked joining = ask(hash, "guess 7");
    assertThat(joining.verdicts).as("it waits for a check that is there").isEmpty();

    loop.runTasks();
    assertThat(asked).allSatisfy(one -> assertThat(one.verdicts).containsExactly(Verdict.WRONG));
    assertThat(joining.verdicts).containsExactly(Verdict.WRONG);
    assertThat(checks).hasValue(room);
  }

  @Test
  void whoWentAwayMakesRoomAndIsNotChecked() {
    SlowHash hash = hash("open");
    List<Asked> asked = new ArrayList<>();
    for (int i = 0; i < ProvenSecrets.UNDER_WAY + ProvenSecrets.WAITING; i++) {
      asked.add(ask(hash, "guess " + i));
    }
    asked.forEach(Asked::goAway);

    Asked late = ask(hash, "open");
    loop.runTasks();
    assertThat(late.verdicts).containsExactly(Verdict.PROVEN);
    assertThat(asked).allSatisfy(one -> assertThat(one.verdicts).isEmpty());
    assertThat(checks).hasValue(ProvenSecrets.UNDER_WAY + 1);
  }

  @Test
  void whereOtherThreadsTakeNothingNobodyIsSaidToBeWrong() {
    SlowHash hash = hash("open");
    loop.overloaded(true);
    assertThat(ask(hash, "open").verdicts).containsExactly(Verdict.BUSY);
    loop.overloaded(false);

    Asked again = ask(hash, "open");
    loop.runTasks();
    assertThat(again.verdicts).containsExactly(Verdict.PROVEN);
  }

  @Test
  void guessesPushOutNoSecretThatIsRight() {
    SlowHash hash = hash("open");
    ask(hash, "open");
    loop.runTasks();
    for (int i = 0; i < 20_000; i++) {
      ask(hash, "guess " + i);
      loop.runTasks();
    }
    assertThat(ask(hash, "open").verdicts).containsExactly(Verdict.PROVEN);
  }

  @Test
  void aCheckThatFailsProvesNothing() {
    SlowHash broken = new Counted("open", checks, true);
    Asked asked = ask(broken, "open");
    loop.runTasks();
    assertThat(asked.verdicts).containsExactly(Verdict.BUSY);
  }
}
