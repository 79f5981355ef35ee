package dev.headgate.config;

/**
 * An enum whose constants are written in the configuration otherwise than their Java names in lower
 * case.
 */
public interface Spelled {
  /** How the user writes this constant. */
  String text();
}
