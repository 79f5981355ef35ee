package dev.headgate.config;

import dev.headgate.config.Problem.Severity;
import java.util.ArrayList;
import java.util.List;

/**
 * Collects every problem of a configuration, so that all are reported at once. Whoever checks
 * something names the path; where that was written, and which secrets must not be shown, is known
 * here.
 *
 * <p>Bounded: after {@value #KEPT} problems further ones are only counted. Confined to one thread.
 */
public final class Problems {
  private static final int KEPT = 1000;
  private static final int LONGEST_PATH = 200;

  private final Places places;
  private final List<Problem> kept = new ArrayList<>();
  private int errors;
  private int dropped;

  public Problems(Places places) {
    this.places = places;
  }

  /** Reports something that makes the configuration unusable. */
  public void error(String path, String message, String hint) {
    add(Severity.ERROR, places.at(path), path, message, hint);
  }

  public void error(String path, String message) {
    error(path, message, "");
  }

  /** Reports something that is legal but hardly meant. */
  public void warning(String path, String message, String hint) {
    add(Severity.WARNING, places.at(path), path, message, hint);
  }

  public void warning(String path, String message) {
    warning(path, message, "");
  }

  /** Reports a problem whose place is known better than by its path. */
  public void add(Severity severity, Place place, String path, String message, String hint) {
    String shown = Shown.shortened(path, LONGEST_PATH);
    add(new Problem(severity, place, shown, places.masked(message), places.masked(hint)));
  }

  /** Takes over problems found before. */
  public void addAll(Problems others) {
    others.kept.forEach(this::add);
    dropped += others.dropped;
    errors += others.errors - others.errorsKept();
  }

  private void add(Problem problem) {
    if (problem.severity() == Severity.ERROR) {
      errors++;
    }
    if (kept.size() < KEPT) {
      kept.add(problem);
    } else {
      dropped++;
    }
  }

  private int errorsKept() {
    return (int) kept.stream().filter(p -> p.severity() == Severity.ERROR).count();
  }

  public boolean hasErrors() {
    return errors > 0;
  }

  /** How many were counted but not kept. */
  public int dropped() {
    return dropped;
  }

  public boolean isEmpty() {
    return kept.isEmpty();
  }

  /** The problems by file, line and column. */
  public List<Problem> sorted() {
    return kept.stream().sorted().distinct().toList();
  }

  /** All problems as text, one after the other, without a line break at the end. */
  public String report() {
    StringBuilder out = new StringBuilder();
    for (Problem problem : sorted()) {
      out.append(out.isEmpty() ? "" : "\n").append(problem);
    }
    return dropped == 0 ? out.toString() : out + "\n… and " + dropped + " more problems";
  }

  @Override
  public String toString() {
    return report();
  }
}
