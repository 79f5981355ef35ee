package dev.headgate.cli;

import dev.headgate.exchange.Callouts.Answer;
import dev.headgate.http.Headers;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What asking somebody would bring, from a file: a body, or a whole answer with status line and
 * fields, as {@code curl -i} writes it.
 */
final class Fact {
  private static final int OK = 200;

  private Fact() {}

  /**
   * @throws IllegalArgumentException if it begins like a whole answer and is none
   */
  static Answer.Answered answer(byte[] file) {
    if (!new String(file, 0, Math.min(5, file.length), StandardCharsets.ISO_8859_1)
        .equals("HTTP/")) {
      return new Answer.Answered(OK, new Headers(), file);
    }
    Headers headers = new Headers();
    int status = 0;
    int at = 0;
    while (true) {
      int end = at;
      while (end < file.length && file[end] != '\n') {
        end++;
      }
      if (end == file.length) {
        throw new IllegalArgumentException("no empty line ends the fields of the answer");
      }
      String line = new String(file, at, end - at, StandardCharsets.ISO_8859_1).strip();
      at = end + 1;
      if (line.isEmpty()) {
        return new Answer.Answered(status, headers, Arrays.copyOfRange(file, at, file.length));
      }
      if (status == 0) {
        status = status(line);
      } else {
        int colon = line.indexOf(':');
        if (colon <= 0) {
          throw new IllegalArgumentException("a field of the answer has no colon");
        }
        headers.add(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
  }

  private static int status(String line) {
    String[] words = line.split(" ", 3);
    if (words.length < 2 || !words[1].matches("[2-5][0-9][0-9]")) {
      throw new IllegalArgumentException("'" + line + "' is no status line of an answer");
    }
    return Integer.parseInt(words[1]);
  }
}
