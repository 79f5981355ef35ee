package dev.headgate.cli.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Two origins and, in a folder of its own, the configuration of a gateway in front of them. */
public final class Demo implements AutoCloseable {
  private static final String CONFIGURATION = "headgate.yaml";
  private static final String ACCESS_LOG = "access.log";

  private final DemoOrigin orders;
  private final DemoOrigin users;
  private final Path folder;

  private Demo(DemoOrigin orders, DemoOrigin users, Path folder) {
    this.orders = orders;
    this.users = users;
    this.folder = folder;
  }

  /**
   * Starts the origins and writes the configuration.
   *
   * @param port where the gateway shall listen; 0 for a free port
   * @param adminPort where its admin endpoints shall; 0 for a free port
   */
  public static Demo start(int port, int adminPort) throws IOException {
    Path folder = Files.createTempDirectory("headgate-demo-");
    DemoOrigin orders = new DemoOrigin("orders");
    DemoOrigin users = new DemoOrigin("users");
    Demo demo = new Demo(orders, users, folder);
    String written =
        template()
            .replace("{gateway}", Integer.toString(port))
            .replace("{admin}", Integer.toString(adminPort))
            .replace("{orders}", Integer.toString(orders.port()))
            .replace("{users}", Integer.toString(users.port()))
            .replace("{log}", "file:" + demo.accessLog());
    Files.writeString(demo.configuration(), written);
    return demo;
  }

  private static String template() {
    try (InputStream in = Demo.class.getResourceAsStream("demo.yaml")) {
      if (in == null) {
        throw new IllegalStateException("demo.yaml is not in the jar");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The port if nobody listens there, else 0: any free one. */
  public static int freeOr(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException taken) {
      return 0;
    }
  }

  public Path configuration() {
    return folder.resolve(CONFIGURATION);
  }

  public Path accessLog() {
    return folder.resolve(ACCESS_LOG);
  }

  /** Ends the origins and removes what was written. */
  @Override
  public void close() throws IOException {
    orders.close();
    users.close();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) { // an editor may have left some of its own
        Files.deleteIfExists(file);
      }
    }
    Files.deleteIfExists(folder);
  }
}
