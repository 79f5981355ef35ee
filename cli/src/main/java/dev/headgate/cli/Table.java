package dev.headgate.cli;

import dev.headgate.cli.Terminal.Style;
import java.util.ArrayList;
import java.util.List;

/** Rows of text that are printed with their columns one below the other. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... headings) {
    rows.add(List.of(headings));
  }

  void add(List<String> row) {
    rows.add(row);
  }

  void print(Terminal terminal) {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    terminal.out().println(terminal.styled(Style.FAINT, line(rows.getFirst(), widths)));
    rows.stream().skip(1).forEach(row -> terminal.out().println(line(row, widths)));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      boolean last = i + 1 == widths.length;
      line.append(cell).append(" ".repeat(last ? 0 : widths[i] - cell.length() + 2));
    }
    return line.toString();
  }
}
