package dev.headgate.config.read;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;

/** What came of reading a configuration. */
public sealed interface Reading {
  /** Every problem found; when accepted, warnings only. */
  Problems problems();

  /**
   * A configuration that holds all rules that can be checked without compiling it.
   *
   * @param sources where each path was written; for further problems: {@code new Problems(sources)}
   */
  record Accepted(Config config, Sources sources, Problems problems) implements Reading {}

  /** A configuration with errors: nothing of it may be used. */
  record Refused(Problems problems) implements Reading {}
}
