package dev.headgate.testkit;

import java.io.IOException;
import java.io.Serial;

/**
 * The peer sent something that the protocol forbids: never a consequence of a closed connection.
 */
public final class ProtocolViolation extends IOException {
  @Serial private static final long serialVersionUID = 1;

  public ProtocolViolation(String message) {
    super(message);
  }
}
