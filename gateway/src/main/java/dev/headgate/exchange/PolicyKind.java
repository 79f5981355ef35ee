package dev.headgate.exchange;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;
import org.jspecify.annotations.Nullable;

/**
 * A kind of policy: its key in the configuration, the record that is written below it, and how a
 * policy is made of that.
 *
 * @param <C> the configuration record
 */
public interface PolicyKind<C extends Record> {
  /** The key that the user writes, such as {@code jwt}. */
  String name();

  /** The record that is written below the key. */
  Class<C> config();

  /** Whether its policies find out who is calling: {@link AuthenticationPolicy}. */
  default boolean authenticates() {
    return false;
  }

  /** The stage at which it decides; {@link Stage#AUTHENTICATE} for those that authenticate. */
  Stage stage(C config);

  /**
   * Reports every breach of a rule that the record's types cannot say. Pure: no files, no network.
   *
   * @param at the record's path in the configuration
   * @param whole all of the configuration, for what the record refers to
   */
  default void check(String at, C config, Config whole, Problems problems) {}

  /**
   * Makes of a checked configuration what all loops share. Called off the loops, when the policy is
   * new or has changed, by {@code headgate check} too; so it reads files and compiles, and starts
   * nothing.
   *
   * @return null after reporting problems
   */
  @Nullable PolicyFactory prepare(C config, Preparation preparation);
}
