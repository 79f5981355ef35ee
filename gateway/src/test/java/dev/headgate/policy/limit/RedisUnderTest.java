package dev.headgate.policy.limit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.headgate.exchange.Stores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import redis.embedded.RedisServer;
import redis.embedded.core.RedisServerBuilder;

/** A real Redis of its own on a free port, that can be killed, stopped in its tracks and asked. */
final class RedisUnderTest implements AutoCloseable {
  private final int port;
  private final List<String> settings;
  private RedisServer server;
  private String password = "";

  private RedisUnderTest(int port, List<String> settings) throws IOException {
    this.port = port;
    this.settings = settings;
    this.server = started(port, settings);
  }

  /**
   * @param settings further lines of its configuration
   */
  static RedisUnderTest start(String... settings) throws IOException {
    return new RedisUnderTest(freePort(), List.of(settings));
  }

  static RedisUnderTest startOn(int port, String... settings) throws IOException {
    return new RedisUnderTest(port, List.of(settings));
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static RedisServer started(int port, List<String> settings) throws IOException {
    RedisServerBuilder builder =
        RedisServer.newRedisServer()
            .port(port)
            .bind("127.0.0.1")
            .setting("save \"\"")
            .setting("appendonly no");
    settings.forEach(builder::setting);
    RedisServer server = builder.build();
    server.start();
    return server;
  }

  void startAgain() throws IOException {
    server = started(port, settings);
  }

  int port() {
    return port;
  }

  /** Ends it at once, as a crash would. */
  void kill() throws IOException {
    server.stop();
  }

  /** It takes connections and says nothing any more. */
  void pause() throws Exception {
    learnPid();
    signal("-STOP");
  }

  void resume() throws Exception {
    signal("-CONT");
  }

  private void signal(String signal) throws Exception {
    new ProcessBuilder("kill", signal, Long.toString(pid)).start().waitFor();
  }

  private long pid;

  /** Tells which process it is while it still answers. */
  private void learnPid() throws IOException {
    pid = Long.parseLong(info("server", "process_id"));
  }

  void password(String word) {
    password = word;
  }

  /** How many connections it has, ours not counted. */
  int connections() throws IOException {
    return Integer.parseInt(info("clients", "connected_clients")) - 1;
  }

  private int asked;

  /** How many connections were made to it by others than us. */
  int connectionsReceived() throws IOException {
    return Integer.parseInt(info("stats", "total_connections_received")) - asked;
  }

  private String info(String section, String name) throws IOException {
    return Arrays.stream(call("INFO " + section).split("\n"))
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElseThrow();
  }

  /** Sends one line, and gives back the answer: a line, or the lines of a text. */
  String call(String line) throws IOException {
    asked++;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      if (!password.isEmpty()) {
        socket.getOutputStream().write(("AUTH " + password + "\r\n").getBytes(US_ASCII));
        in.readLine();
      }
      socket.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
      String first = in.readLine();
      if (!first.startsWith("$")) {
        return first;
      }
      int length = Integer.parseInt(first.substring(1));
      StringBuilder text = new StringBuilder();
      while (text.length() < length) {
        text.append((char) in.read());
      }
      return text.toString();
    }
  }

  /** Sends one line whose answer is a list. */
  List<String> lines(String line) throws IOException {
    asked++;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      socket.getOutputStream().write((line + "\r\n").getBytes(US_ASCII));
      List<String> lines = new ArrayList<>();
      int count = Integer.parseInt(in.readLine().substring(1));
      for (int i = 0; i < count; i++) {
        in.readLine(); // its length
        lines.add(in.readLine());
      }
      return lines;
    }
  }

  /** Runs a script as a client would, over a connection of its own. */
  long[] eval(Stores.Command command) throws IOException {
    List<String> words = new ArrayList<>(List.of("EVAL", command.script().text()));
    words.add(Integer.toString(command.keys().size()));
    words.addAll(command.keys());
    for (long number : command.numbers()) {
      words.add(Long.toString(number));
    }
    StringBuilder sent = new StringBuilder("*" + words.size() + "\r\n");
    words.forEach(
        word -> sent.append('$').append(word.length()).append("\r\n").append(word + "\r\n"));
    asked++;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(sent.toString().getBytes(US_ASCII));
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      String first = in.readLine();
      if (!first.startsWith("*")) {
        throw new IOException(first);
      }
      long[] numbers = new long[Integer.parseInt(first.substring(1))];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = Long.parseLong(in.readLine().substring(1));
      }
      return numbers;
    }
  }

  @Override
  public void close() throws Exception {
    if (pid != 0) {
      resume();
    }
    server.stop();
  }
}
