package dev.headgate.config.check;

import dev.headgate.config.Problems;
import dev.headgate.config.Shown;
import dev.headgate.config.Upstream;
import java.util.List;

/** The rules of how endpoints are asked whether they are well. */
final class HealthChecks {
  private static final int DIGITS = 3;
  private static final int LONGEST_SERVICE = 127;
  private static final int FIRST = 100;
  private static final int LAST = 599;

  private final Problems problems;

  HealthChecks(Problems problems) {
    this.problems = problems;
  }

  void check(String at, Upstream upstream, Upstream.HealthCheck check) {
    String path = check.path();
    if (check.grpc()) {
      grpc(at, upstream, check);
    } else if (path == null) {
      if (!check.status().equals(List.of("200-299")) || check.host() != null) {
        problems.warning(
            at, "only a connection is made: nothing is asked for and no answer read", "add 'path'");
      }
    } else if (!path.startsWith("/") || !path.chars().allMatch(HealthChecks::inTarget)) {
      problems.error(
          at + ".path", "this is no path", "begin with '/'; what is no ASCII is written as %XX");
    }
    if (!check.grpc() && !check.service().isEmpty()) {
      problems.error(at + ".service", "only gRPC has services to ask about", "add 'grpc: true'");
    }
    for (int i = 0; i < check.status().size(); i++) {
      status(at + ".status[" + i + "]", check.status().get(i));
    }
    if (check.status().isEmpty()) {
      problems.error(at + ".status", "no status: no answer would be good");
    }
    String method = check.method();
    if (method.isEmpty() || !method.chars().allMatch(c -> c >= 'A' && c <= 'Z')) {
      problems.error(
          at + ".method", Shown.quoted(method) + " is no method", "as in 'GET' or 'HEAD'");
    }
    if (check.host() instanceof String host) {
      Hosts.check(at + ".host", host, problems);
    }
  }

  private void grpc(String at, Upstream upstream, Upstream.HealthCheck check) {
    if (check.path() != null) {
      problems.error(at + ".path", "gRPC has a path of its own", "leave the path out");
    }
    boolean plain = !upstream.endpoints().stream().allMatch(Upstream.Endpoint::secure);
    if (upstream.protocol() == Upstream.Protocol.HTTP1
        || (plain && upstream.protocol() == Upstream.Protocol.AUTO)) {
      problems.error(at + ".grpc", "gRPC needs HTTP/2", "say 'protocol: http2' for the upstream");
    }
    boolean name =
        check.service().length() <= LONGEST_SERVICE
            && check.service().chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (!name) {
      problems.error(at + ".service", "this is no name of a service", "as in 'orders.v1.Orders'");
    }
  }

  private static boolean inTarget(int c) {
    return c > ' ' && c < 0x7f && c != '#';
  }

  private void status(String at, String text) {
    int dash = text.indexOf('-');
    int from = code(dash < 0 ? text : text.substring(0, dash));
    int to = code(dash < 0 ? text : text.substring(dash + 1));
    if (from < 0 || to < from) {
      problems.error(
          at,
          Shown.quoted(text) + " is neither a status nor a range",
          "as in '200' or '200-299', from 100 to 599");
    }
  }

  private static int code(String text) {
    boolean digits = text.length() == DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
    int code = digits ? Integer.parseInt(text) : -1;
    return code >= FIRST && code <= LAST ? code : -1;
  }
}
