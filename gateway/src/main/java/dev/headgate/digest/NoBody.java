package dev.headgate.digest;

import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Failure;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A body that must not be, as nothing vouches for it.
 *
 * @param failure what becomes of a request with one
 */
public record NoBody(Failure failure) implements BodyInspector {
  @Override
  public Failure piece(ByteBuffer piece) {
    return failure;
  }

  @Override
  public @Nullable Failure end() {
    return null;
  }
}
