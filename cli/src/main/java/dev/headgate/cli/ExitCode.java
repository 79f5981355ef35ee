package dev.headgate.cli;

/** What the process answers to its caller. */
final class ExitCode {
  /** All is well. */
  static final int OK = 0;

  /** The configuration has problems, or what was asked for could not be done. */
  static final int PROBLEMS = 1;

  /** The command line makes no sense. */
  static final int USAGE = 2;

  /** Ended by a second Ctrl-C, as shells number it. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}
}
