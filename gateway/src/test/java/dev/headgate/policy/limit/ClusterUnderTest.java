package dev.headgate.policy.limit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** A real Redis Cluster of three masters on free ports. */
final class ClusterUnderTest implements AutoCloseable {
  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;

  /** Nodes talk to each other on a port that is so much higher. */
  private static final int BUS = 10_000;

  private final Path folder;
  private final List<RedisUnderTest> nodes = new ArrayList<>();

  ClusterUnderTest(Path folder) throws IOException {
    this.folder = folder;
    for (int i = 0; i < MASTERS; i++) {
      RedisUnderTest node = add();
      int first = SLOTS * i / MASTERS;
      int behind = SLOTS * (i + 1) / MASTERS;
      String slots =
          IntStream.range(first, behind).mapToObj(String::valueOf).collect(Collectors.joining(" "));
      require(node, "CLUSTER ADDSLOTS " + slots);
      require(node, "CLUSTER SET-CONFIG-EPOCH " + (i + 1));
    }
    meet();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::isWell);
  }

  private RedisUnderTest add() throws IOException {
    int port = freePort();
    Path own = Files.createDirectory(folder.resolve("node-" + port));
    RedisUnderTest node =
        RedisUnderTest.startOn(
            port,
            "dir " + own,
            "cluster-enabled yes",
            "cluster-config-file nodes.conf",
            "cluster-node-timeout 1000",
            "cluster-require-full-coverage no");
    nodes.add(node);
    return node;
  }

  private static int freePort() throws IOException {
    int port = RedisUnderTest.freePort();
    while (port + BUS >= 1 << 16) {
      port = RedisUnderTest.freePort();
    }
    return port;
  }

  private void meet() throws IOException {
    for (RedisUnderTest node : nodes) {
      require(node, "CLUSTER MEET 127.0.0.1 " + nodes.getFirst().port());
    }
  }

  private boolean isWell() throws IOException {
    for (RedisUnderTest node : nodes) {
      String info = node.call("CLUSTER INFO");
      if (!info.contains("cluster_state:ok")
          || !info.contains("cluster_known_nodes:" + nodes.size())
          || !info.contains("cluster_slots_ok:" + SLOTS)) {
        return false;
      }
    }
    return true;
  }

  /** A replica of one of the masters, which has all that the master has. */
  RedisUnderTest replicaOf(RedisUnderTest master) throws IOException {
    RedisUnderTest replica = add();
    meet();
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(this::isWell);
    require(replica, "CLUSTER REPLICATE " + id(master));
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() ->
            master.call("INFO replication").contains("state=online")
                && replica.call("INFO replication").contains("master_link_status:up"));
    return replica;
  }

  RedisUnderTest node(int number) {
    return nodes.get(number);
  }

  List<RedisUnderTest> nodes() {
    return nodes;
  }

  static String id(RedisUnderTest node) throws IOException {
    return node.call("CLUSTER MYID");
  }

  static void require(RedisUnderTest node, String command) throws IOException {
    String answer = node.call(command);
    if (!answer.equals("+OK")) {
      throw new IOException(command + ": " + answer);
    }
  }

  @Override
  public void close() throws Exception {
    for (RedisUnderTest node : nodes) {
      node.close();
    }
  }
}
