package dev.headgate.snapshot;

/**
 * A revision compiled for serving. Immutable and shared by all loops.
 *
 * @param revision the revision's number
 */
public record Snapshot(long revision) {}
