package dev.headgate.store;

import dev.headgate.concurrent.LoopConfined;
import io.lettuce.core.ConnectionBuilder;
import io.lettuce.core.ConnectionEvents;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.net.SocketAddress;
import reactor.core.publisher.Mono;

/** A client of one Redis, or of what Sentinels watch, on one loop. */
@LoopConfined
final class SingleClient extends RedisClient {
  private final LoopClient home;

  SingleClient(LoopClient home, RedisURI uri) {
    super(home.resources(), uri);
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
