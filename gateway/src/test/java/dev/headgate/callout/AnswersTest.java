package dev.headgate.callout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.headgate.callout.Answers.Keep;
import dev.headgate.callout.Answers.Outcome;
import dev.headgate.callout.Answers.Reply;
import dev.headgate.callout.Known.Worth;
import dev.headgate.exchange.CredentialHash;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Failure;
import dev.headgate.exchange.ManualLoop;
import dev.headgate.exchange.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AnswersTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Keep KEEP =
      new Keep(SECOND.multipliedBy(10), SECOND.multipliedBy(60), Worth.MUCH);

  private final ManualLoop loop = new ManualLoop();
  private final Answers<String> answers =
      new Answers<>("p", 64, new Breaking(3, SECOND.multipliedBy(5)), loop);
  private final List<Consumer<Reply<String>>> asked = new ArrayList<>();
  private final List<String> learnt = new ArrayList<>();
  private final CredentialHash hashes = CredentialHash.keyed();

  private byte[] hash(String about) {
    hashes.begin();
    hashes.add(about);
    return hashes.end();
  }

  private Decision ask(String about) {
    Decision decision = answers.ask(hash(about), asked::add, this::learn);
    if (decision instanceof Decision.Await await) {
      await.then(_ -> {});
    }
    return decision;
  }

  private Decision learn(Outcome<String> outcome) {
    learnt.add(
        switch (outcome) {
          case Outcome.Told<String>(String value) -> value;
          case Outcome.Unavailable<String>(var _, String last) ->
              last == null ? "none" : "last " + last;
        });
    return Decision.CONTINUE;
  }

  private void tell(String value) {
    asked.removeFirst().accept(new Reply.Told<>(value, KEEP));
  }

  private void fail() {
    asked.removeFirst().accept(new Reply.Failed<>("away"));
  }

  @Test
  void anAnswerIsFreshForItsTimeAndThenAskedForAgain() {
    ask("a");
    tell("yes");
    assertThat(answers.fresh(hash("a"))).isEqualTo("yes");
    assertThat(answers.fresh(hash("b"))).isNull();
    loop.advance(SECOND.multipliedBy(10).minusNanos(1));
    assertThat(answers.fresh(hash("a"))).isEqualTo("yes");
    loop.advance(Duration.ofNanos(1));
    assertThat(answers.fresh(hash("a"))).isNull();
  }

  @Test
  void allWhoAskMeanwhileLearnTheSameAnswerAndWhoHasGoneNone() {
    ask("a");
    Decision second = ask("a");
    ask("a");
    ask("b");
    assertThat(asked).hasSize(2);
    ((Decision.Await) second).cancel();
    tell("yes");
    assertThat(learnt).containsExactly("yes", "yes");
    ask("a");
    assertThat(asked).as("b, and a again, which nobody looked up").hasSize(2);
  }

  @Test
  void theLastWordIsToldForItsTimeWhileNobodyAnswers() {
    ask("a");
    tell("yes");
    loop.advance(SECOND.multipliedBy(59));
    ask("a");
    fail();
    loop.advance(SECOND);
    ask("a");
    fail();
    assertThat(learnt).containsExactly("yes", "last yes", "none");
  }

  @Test
  void afterFailuresInARowNobodyIsAskedForAWhileAndThenOne() {
    for (String about : List.of("a", "b", "c")) {
      ask(about);
      fail();
    }
    assertThat(ask("d")).isSameAs(Decision.CONTINUE);
    assertThat(asked).isEmpty();
    loop.advance(SECOND.multipliedBy(5));
    ask("d");
    ask("e");
    assertThat(asked).as("one is tried").hasSize(1);
    fail();
    ask("f");
    assertThat(asked).isEmpty();
    loop.advance(SECOND.multipliedBy(5));
    ask("g");
    tell("yes");
    ask("h");
    ask("i");
    assertThat(asked).hasSize(2);
  }

  @Test
  void anAnswerInBetweenStartsTheCountAgain() {
    for (int i = 0; i < 10; i++) {
      ask("a" + i);
      fail();
      ask("b" + i);
      fail();
      ask("c" + i);
      tell("yes");
    }
    assertThat(learnt).hasSize(30);
    assertThat(asked).isEmpty();
  }

  @Test
  void whatIsAskedForOneRequestAloneIsNotRemembered() {
    Decision decision =
        answers.ask(asked::add, _ -> Decision.fail(Failure.gateway(Stage.AUTHORIZE, 503, "r", "")));
    assertThat(decision).isInstanceOf(Decision.Await.class);
    answers.ask(asked::add, this::learn);
    assertThat(asked).hasSize(2);
    tell("yes");
    assertThat(learnt).isEmpty();
  }
}
