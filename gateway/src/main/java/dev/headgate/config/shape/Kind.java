package dev.headgate.config.shape;

import dev.headgate.config.Config;
import dev.headgate.config.Problems;

/**
 * One kind of policy or credential, as the configuration needs to know it.
 *
 * @param name the key that the user writes
 * @param type the record that is written below it
 * @param authenticates whether it finds out who is calling, so that it belongs under {@code auth}
 * @param check the rules that the record's types cannot say
 */
public record Kind<C extends Record>(
    String name, Class<C> type, boolean authenticates, Check<C> check) {

  /** The rules of a kind of policy or credential. Pure: no files, no network. */
  public interface Check<C extends Record> {
    /**
     * Reports every breach of a rule.
     *
     * @param at the path of the record in the configuration
     * @param whole all of the configuration, for what the record refers to
     */
    void check(String at, C config, Config whole, Problems problems);
  }

  void checkAny(String at, Record config, Config whole, Problems problems) {
    check.check(at, type.cast(config), whole, problems);
  }
}
