package dev.headgate.store;

/** Who wants to know how a store is doing on one loop. Loop-confined. */
public interface StoreObserver {
  /**
   * The store answered.
   *
   * @param nanos since it was asked
   */
  void answered(long nanos);

  /** No answer came in time, or an error did. */
  void failed(long nanos);

  /** The store was not asked, as it did not answer before. */
  void skipped();

  /** The store is left alone from now on. */
  void away();

  /** The store is asked again. */
  void back();
}
