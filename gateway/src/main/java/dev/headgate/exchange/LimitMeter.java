package dev.headgate.exchange;

import java.util.function.Supplier;

/** Counts what one limit says on one loop, for metrics and for the list of who is over it most. */
public interface LimitMeter {
  /** Counts nothing: where decisions are only explained. */
  LimitMeter NONE =
      new LimitMeter() {
        @Override
        public void within() {}

        @Override
        public void delayed() {}

        @Override
        public void over(long key, Supplier<String> who) {}
      };

  /** There was room for a request. */
  void within();

  /** There was, once it has waited for its turn. */
  void delayed();

  /**
   * There was no room.
   *
   * @param key tells those apart who have the limit
   * @param who names the one for operators, without secrets; asked if it is among the top
   */
  void over(long key, Supplier<String> who);
}
