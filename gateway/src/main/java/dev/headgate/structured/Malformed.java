package dev.headgate.structured;

/**
 * A field that has not the form of a structured one. The message says where, and quotes nothing.
 */
public final class Malformed extends Exception {
  private static final long serialVersionUID = 1;

  Malformed(String what, int at) {
    super(what + " at character " + (at + 1), null, false, false);
  }
}
