package dev.headgate.exchange;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a request's body while it passes on its way to the upstream. A policy makes one for a
 * request and hands it to {@link Exchange#inspectBody}; it is used on the loop, and must not take
 * long over a piece.
 *
 * <p>Pieces that were let through are with the upstream. What makes the request complete, its last
 * bytes or its end, is withheld until {@link #end} has let it through: so an upstream never gets
 * the whole of a request whose body is refused. It sees a request that is broken off instead.
 *
 * <p>Only bodies that go to an upstream are inspected, and nothing after a WebSocket has begun.
 */
public interface BodyInspector {
  /** Lets every body pass: for those who only want it to be read. */
  BodyInspector ANY =
      new BodyInspector() {
        @Override
        public @Nullable Failure piece(ByteBuffer piece) {
          return null;
        }

        @Override
        public @Nullable Failure end() {
          return null;
        }
      };

  /**
   * Looks at a piece of the body.
   *
   * @param piece read-only, and only good during the call
   * @return why the request is refused; null to go on
   */
  @Nullable Failure piece(ByteBuffer piece);

  /**
   * The body is whole; called for one without a byte too.
   *
   * @return why the request is refused; null to let it through
   */
  @Nullable Failure end();
}
