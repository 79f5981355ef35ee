package dev.headgate.config;

/** How much a policy's refusals count. */
public enum Mode {
  /** A refusal refuses the request. */
  ENFORCE,
  /** A refusal is counted and logged, and the request goes on. */
  REPORT,
  /** The policy is not asked. */
  OFF
}
