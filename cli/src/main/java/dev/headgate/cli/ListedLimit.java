package dev.headgate.cli;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A limit of a gateway, as its page {@code /limits} tells of it.
 *
 * @param within for how many requests there was room, since the start
 * @param delayed for how many later
 * @param over for how many not
 * @param top who was over it most in the last minutes
 */
record ListedLimit(String name, long within, long delayed, long over, List<Offender> top) {

  /**
   * Somebody who was over a limit.
   *
   * @param over how often, at the most
   * @param atLeast and for certain
   */
  record Offender(String who, long over, long atLeast) {}

  static List<ListedLimit> parse(InputStream page) {
    List<ListedLimit> limits = new ArrayList<>();
    try (JsonParser in = new JsonFactory().createParser(ObjectReadContext.empty(), page)) {
      in.nextToken();
      Facts.read(in, ListedLimit::limit, limits);
    }
    return limits;
  }

  private static ListedLimit limit(JsonParser in) {
    List<Offender> top = new ArrayList<>();
    Map<String, String> facts = Facts.read(in, ListedLimit::offender, top);
    return new ListedLimit(
        facts.getOrDefault("limit", ""),
        number(facts, "within"),
        number(facts, "delayed"),
        number(facts, "over"),
        top);
  }

  private static Offender offender(JsonParser in) {
    Map<String, String> facts = Facts.read(in);
    return new Offender(
        facts.getOrDefault("who", ""), number(facts, "over"), number(facts, "atLeast"));
  }

  private static long number(Map<String, String> facts, String name) {
    return Long.parseLong(facts.getOrDefault(name, "0"));
  }
}
