package dev.headgate.policy.apikey;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads a keys file line by line, in memory for one line. A line ends with LF or CRLF. Lines
 * without content are skipped and counted.
 */
final class KeyLines implements Closeable {
  /** The most bytes that a line may have. */
  static final int LONGEST = 16_384;

  private final InputStream in;
  private final byte[] buffer = new byte[64 * 1024];
  private final byte[] line = new byte[LONGEST];
  private final KeyLine.Reader reader = new KeyLine.Reader();
  private int at;
  private int end;
  private int length;
  private long number;

  KeyLines(InputStream in) {
    this.in = in;
  }

  /** The number of the line that was read last, from 1 on. */
  long number() {
    return number;
  }

  /**
   * Goes on to the next line that is not blank.
   *
   * @return false if there is none
   */
  boolean next() throws IOException {
    while (more()) {
      number++;
      read();
      if (length != 0) {
        return true;
      }
    }
    return false;
  }

  private boolean more() throws IOException {
    if (at == end) {
      at = 0;
      end = Math.max(0, in.read(buffer));
    }
    return at < end;
  }

  /** Takes in a line; of one that is too long no more than tells that it is. */
  private void read() throws IOException {
    length = 0;
    while (more()) {
      int from = at;
      while (at < end && buffer[at] != '\n') {
        at++;
      }
      int kept = Math.min(at - from, LONGEST - length);
      System.arraycopy(buffer, from, line, length, kept);
      length += kept;
      if (at < end) {
        at++;
        break;
      }
    }
    if (length > 0 && length < LONGEST && line[length - 1] == '\r') {
      length--;
    }
  }

  /** What the line says. */
  KeyLine parsed() throws KeyLine.Malformed {
    if (length == LONGEST) {
      throw new KeyLine.Malformed("the line has " + LONGEST + " bytes or more");
    }
    return reader.read(line, length);
  }

  /** The line as it stands there. */
  byte[] bytes() {
    return Arrays.copyOf(line, length);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
