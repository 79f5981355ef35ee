package dev.headgate.config;

import java.time.Duration;
import java.util.List;

@Doc(
    "How the process runs. Read once at start: a change needs a restart, and `headgate check` says so.")
public record RuntimeConfig(
    @Doc("How sockets are read and written. `auto` takes io_uring, else epoll, else nio.")
        @Default("auto")
        Transport transport,
    @Doc(
            "Event loops, each with a thread of its own: `auto` is one for each processor, or a number from 1 to 256.")
        @Default("auto")
        Loops loops,
    @Doc(
            value =
                "Name servers that look up the names of endpoints, as address:port, asked in this order; without them"
                    + " the system's.",
            example = "[\"10.0.0.2:53\"]")
        List<HostPort> resolver,
    @Doc("After SIGTERM, how long requests in flight may take to finish before they are cut off.")
        @Default("30s")
        @Range(min = "0s", max = "1d")
        Duration drainTimeout,
    @Doc(
            "What may be held of requests' bodies, of all together, so that they can be sent again (an upstream's"
                + " `retry.body`); shared out evenly to the event loops. Bodies beyond it are sent once.")
        @Default("64MiB")
        @Range(min = "0B", max = "16GiB")
        Size retryMemory) {

  /** How sockets are read and written. */
  public enum Transport {
    AUTO,
    IO_URING,
    EPOLL,
    NIO
  }

  /**
   * A number of event loops.
   *
   * @param count 1 to 256, or 0 for one for each processor
   */
  public record Loops(int count) {
    public static final Loops AUTO = new Loops(0);
    private static final int MOST = 256;

    /**
     * Reads what a user wrote.
     *
     * @throws IllegalArgumentException with a hint for the user
     */
    public static Loops parse(String text) {
      if (text.equals("auto")) {
        return AUTO;
      }
      boolean number =
          !text.isEmpty() && text.length() <= 3 && text.chars().allMatch(c -> c >= '0' && c <= '9');
      int count = number ? Integer.parseInt(text) : 0;
      if (count < 1 || count > MOST) {
        throw new IllegalArgumentException("from 1 to " + MOST + ", or 'auto'");
      }
      return new Loops(count);
    }

    @Override
    public String toString() {
      return count == 0 ? "auto" : Integer.toString(count);
    }
  }
}
