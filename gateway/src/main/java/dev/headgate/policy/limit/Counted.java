package dev.headgate.policy.limit;

/** What one rate of a limit counts in, on this node. Safe to use from all loops. */
sealed interface Counted permits Buckets, Windows {}
