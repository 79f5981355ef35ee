package dev.headgate.route;

import java.util.List;

/** Why a route did not take a request. */
public sealed interface Loss {
  /** For people. Values of the request are not shown: they may be credentials. */
  String text();

  /**
   * @param wanted the hosts that the route takes
   */
  record HostDiffers(List<String> wanted) implements Loss {
    @Override
    public String text() {
      return "host: takes " + String.join(", ", wanted);
    }
  }

  /**
   * @param segment counted from 1
   * @param wanted what the route has there; empty where its path has ended
   * @param was what the request has there; empty where its path has ended
   */
  record PathDiffers(int segment, String wanted, String was) implements Loss {
    @Override
    public String text() {
      String position = "path, segment " + segment + ": ";
      if (wanted.isEmpty()) {
        return position + "takes none there, the request has '" + was + "'";
      }
      return position
          + "takes '"
          + wanted
          + (was.isEmpty()
              ? "', the request's path has ended"
              : "', the request has '" + was + "'");
    }
  }

  /**
   * @param wanted the methods that the route takes
   */
  record MethodDiffers(List<String> wanted) implements Loss {
    @Override
    public String text() {
      return "method: takes " + String.join(", ", wanted);
    }
  }

  /**
   * @param why what is wrong with it, such as {@code is absent}
   */
  record HeaderDiffers(String name, String why) implements Loss {
    @Override
    public String text() {
      return "header " + name + ": " + why;
    }
  }

  /**
   * @param why what is wrong with it, such as {@code is absent}
   */
  record ParameterDiffers(String name, String why) implements Loss {
    @Override
    public String text() {
      return "query parameter " + name + ": " + why;
    }
  }

  /**
   * It would have taken the request.
   *
   * @param than the route that is more specific
   */
  record LessSpecific(String than) implements Loss {
    @Override
    public String text() {
      return "less specific than " + than;
    }
  }
}
