package dev.headgate.exchange;

import dev.headgate.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Looks at an upstream's answer that has a body while it passes on its way to the client. A policy
 * makes one for a request and hands it to {@link Exchange#inspectAnswer}; it is used on the loop,
 * and must not take long over a piece.
 *
 * <p>Of an answer whose head is refused the client sees nothing, but the refusal. Later the client
 * has a part of it already: then the answer is broken off, and what would make it complete is
 * withheld, its last bytes or its end, until {@link #end} has let it through.
 *
 * <p>Only final answers of upstreams are inspected, not the gateway's own, and no WebSockets.
 */
public interface AnswerInspector extends BodyInspector {
  /**
   * Looks at the head; called once, before anything else.
   *
   * @param headers as the upstream sent them, only good during the call
   * @return why the answer is refused; null to go on
   */
  @Nullable Failure head(int status, Headers headers);
}
