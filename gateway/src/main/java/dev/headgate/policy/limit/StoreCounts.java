package dev.headgate.policy.limit;

/** What a limit counts in a store that several nodes share. Loop-confined. */
interface StoreCounts {
  /** Counts a request in all rates of a key, if all have room within a time; else in none. */
  void take(String key, long cost, long patience, SharedBuckets.Listener listener);

  /** Counts whether there is room or not, down to twice the burst. */
  void charge(String key, long cost, SharedBuckets.Listener listener);
}
