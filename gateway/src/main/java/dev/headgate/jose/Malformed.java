package dev.headgate.jose;

/** Something is not in the form that its standard says. The message holds no byte of it. */
public final class Malformed extends Exception {
  private static final long serialVersionUID = 1;

  public Malformed(String message) {
    super(message, null, false, false);
  }
}
