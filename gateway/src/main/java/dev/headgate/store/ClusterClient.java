package dev.headgate.store;

import dev.headgate.concurrent.LoopConfined;
import io.lettuce.core.ConnectionBuilder;
import io.lettuce.core.ConnectionEvents;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.net.SocketAddress;
import java.util.List;
import reactor.core.publisher.Mono;

/** A client of a Cluster on one loop. */
@LoopConfined
final class ClusterClient extends RedisClusterClient {
  private final LoopClient home;

  ClusterClient(LoopClient home, List<RedisURI> nodes) {
    super(home.resources(), nodes);
    this.home = home;
  }

  @Override
  protected void connectionBuilder(
      Mono<SocketAddress> address,
      ConnectionBuilder connection,
      ConnectionEvents events,
      RedisURI uri) {
    super.connectionBuilder(address, connection, events, uri);
    home.atHome(connection);
  }
}
