package dev.headgate.structured;

import java.util.List;
import java.util.Map;

/** What a list or a dictionary holds (RFC 9651 section 3.1). Immutable. */
public sealed interface Member {
  /** Its parameters, in the order in which they were written. */
  Map<String, Bare> parameters();

  /** A single value. */
  record Item(Bare value, Map<String, Bare> parameters) implements Member {}

  /** Several values, in parentheses. */
  record InnerList(List<Item> items, Map<String, Bare> parameters) implements Member {}
}
