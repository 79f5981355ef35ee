package dev.headgate.exchange;

import dev.headgate.http.Headers;
import org.jspecify.annotations.Nullable;

/** What a policy says about a request. */
public sealed interface Decision {
  /** The request may go on. */
  Decision CONTINUE = new Continue();

  /** The request may go on. */
  record Continue() implements Decision {}

  /**
   * The gateway answers by itself, and nothing went wrong. Header fields of the answer are put into
   * {@link Exchange#responseHeaders} beforehand.
   */
  record Respond(int status, byte[] body) implements Decision {}

  /**
   * The request is refused. Fields that belong to the refusal, such as {@code Retry-After}, are put
   * into {@link Exchange#responseHeaders} beforehand.
   */
  record Fail(Failure failure, @Nullable OwnAnswer own) implements Decision {}

  /**
   * What the caller of a refused request gets instead of the usual problem; callers of gRPC get
   * that all the same.
   *
   * @param status 300 to 599
   */
  record OwnAnswer(int status, Headers headers, byte[] body) {}

  /**
   * The gateway answers by itself once it has the whole body, which no upstream gets. What the
   * taker says is the end, even of a policy that authenticates: nobody else is asked, and it must
   * not let the request go on.
   *
   * @param most bytes that the body may have; of a longer one nobody is told, it is refused
   */
  record TakeBody(int most, Taker taker) implements Decision {
    /** Who gets the body. */
    public interface Taker {
      /**
       * Answers; called once, on the loop, unless the body does not come.
       *
       * @return an answer, a failure, or that it waits for something else than the body
       */
      Decision taken(byte[] body);
    }
  }

  /**
   * The policy does not know yet: it will say so later, once, on the same loop, by {@link
   * #complete}. What it waits for has a bound of its own; one that never completes is cut off by
   * the flow, in its name.
   */
  final class Await implements Decision {
    private final @Nullable Pause pause;
    private @Nullable Decision decision;
    private @Nullable Listener listener;
    private boolean cancelled;

    /** For what the policy does not know yet. */
    public Await() {
      this.pause = null;
    }

    /** For a request that is held back although it is known what will be decided. */
    public Await(Pause pause) {
      this.pause = pause;
    }

    /**
     * What a policy does to a request that it holds back: nothing in report mode, in which nobody
     * waits for it.
     *
     * @param reason why, as in {@code limit.delayed}
     * @param then what will be decided
     */
    public record Pause(String reason, Decision then) {}

    /** Who waits for the decision. */
    public interface Listener {
      void decided(Decision decision);
    }

    /**
     * Says what the decision is. Does nothing if nobody waits any more.
     *
     * @throws IllegalStateException if it has been said before
     */
    public void complete(Decision decided) {
      if (decision != null) {
        throw new IllegalStateException("a policy decided twice");
      }
      decision = decided;
      tell();
    }

    /** Decides as another does, now or later; who is held back is so by that. */
    public void follow(Decision other) {
      if (other instanceof Await later && later.pause == null) {
        later.then(this::complete);
      } else {
        complete(other);
      }
    }

    /** Why the request is held back; null if the policy does not know yet. */
    public @Nullable Pause pause() {
      return pause;
    }

    /** Has somebody told of the decision, at once if it is there already. */
    public void then(Listener waiting) {
      listener = waiting;
      tell();
    }

    private void tell() {
      Decision decided = decision;
      Listener waiting = listener;
      if (decided != null && waiting != null && !cancelled) {
        listener = null;
        waiting.decided(decided);
      }
    }

    /** Nobody waits any more: the client went away, or it took too long. */
    public void cancel() {
      cancelled = true;
      listener = null;
    }

    /** Whether nobody waits any more. */
    public boolean cancelled() {
      return cancelled;
    }
  }

  /**
   * The policy decides by the body. It is read now, shown to the reader, and kept for the upstream;
   * what the reader says is the decision: a failure, or at the end that the request may go on. How
   * long that may take is bounded as for any body. Not for WebSockets.
   *
   * @param most how many bytes are read; a request with more is refused
   */
  record AwaitBody(BodyInspector reader, long most) implements Decision {}

  /** Refuses the request. */
  static Decision fail(Failure failure) {
    return new Fail(failure, null);
  }
}
