package dev.headgate.cli;

import dev.headgate.cli.Terminal.Style;
import dev.headgate.config.Problem;
import dev.headgate.config.Problem.Severity;
import dev.headgate.config.Problems;
import java.io.PrintWriter;

/** Prints problems as a compiler would: {@code file:line:column: error: path: what is wrong}. */
record ProblemReport(Terminal terminal, PrintWriter out) {
  void print(Problems problems) {
    for (Problem problem : problems.sorted()) {
      print(problem);
    }
    if (problems.dropped() > 0) {
      out.println("… and " + problems.dropped() + " more problems");
    }
  }

  private void print(Problem problem) {
    boolean error = problem.severity() == Severity.ERROR;
    out.print(terminal.styled(Style.BOLD, problem.place() + ": "));
    out.print(
        error ? terminal.styled(Style.RED, "error: ") : terminal.styled(Style.YELLOW, "warning: "));
    if (!problem.path().isEmpty()) {
      out.print(problem.path() + ": ");
    }
    out.println(problem.message());
    if (!problem.hint().isEmpty()) {
      out.println(terminal.styled(Style.CYAN, "  hint: ") + problem.hint());
    }
  }

  /** How many of which kind, as in "2 errors, 1 warning". */
  static String summary(Problems problems) {
    long warnings =
        problems.sorted().stream().filter(p -> p.severity() == Severity.WARNING).count();
    long errors = problems.sorted().size() - warnings;
    if (errors == 0 && warnings == 0) {
      return "no problems";
    }
    String counted = errors == 0 ? "" : counted(errors, "error");
    String and = errors > 0 && warnings > 0 ? ", " : "";
    return counted + and + (warnings == 0 ? "" : counted(warnings, "warning"));
  }

  static String counted(long count, String word) {
    return count + " " + word + (count == 1 ? "" : "s");
  }
}
