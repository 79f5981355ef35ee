package dev.headgate.store;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.HostPort;
import dev.headgate.config.Store;
import dev.headgate.config.StoreAddress;
import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The client library set up for one store: of whatever form it is, a way to run scripts there. */
@LoopConfined
final class StoreClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(2);

  private final AbstractRedisClient client;
  private final CompletionStage<Open> open;

  /** A connection and what can be asked over it. */
  private record Open(
      StatefulConnection<String, String> connection, RedisAsyncCommands<String, String> commands) {}

  private StoreClient(AbstractRedisClient client, CompletionStage<Open> open) {
    this.client = client;
    this.open = open;
  }

  /**
   * Begins to connect.
   *
   * @param node which one of its nodes; null if it has no such
   * @param tls null if none is spoken
   * @param mostWaiting how many commands may be under way
   */
  static StoreClient connect(
      LoopClient home,
      Store store,
      @Nullable HostPort node,
      @Nullable SslOptions tls,
      int mostWaiting) {
    RedisURI uri = uri(store, node);
    SingleClient client = new SingleClient(home, uri);
    client.setOptions(options(tls, mostWaiting));
    return new StoreClient(
        client,
        client.connectAsync(StringCodec.ASCII, uri).thenApply(one -> new Open(one, one.async())));
  }

  /** What is there once it is connected; told on the loop. */
  CompletionStage<RedisAsyncCommands<String, String>> connected() {
    return open.thenApply(Open::commands);
  }

  /** Lets go of all connections; does not wait. */
  void close() {
    open.whenComplete((one, _) -> {
      if (one == null) {
        shutDown();
      } else {
        one.connection().closeAsync().whenComplete((_, _) -> shutDown());
      }
    });
  }

  private void shutDown() {
    client.shutdownAsync(0, 1, TimeUnit.SECONDS);
  }

  /** Whoever has no connection is told so at once: nothing waits for one to come back. */
  private static ClientOptions options(@Nullable SslOptions tls, int mostWaiting) {
    ClientOptions.Builder options = ClientOptions.builder();
    if (tls != null) {
      options.sslOptions(tls);
    }
    return options
        .autoReconnect(true)
        .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
        .requestQueueSize(mostWaiting)
        .protocolVersion(ProtocolVersion.RESP2)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .socketOptions(
            SocketOptions.builder().connectTimeout(CONNECT_TIMEOUT).keepAlive(true).build())
        .build();
  }

  private static RedisURI uri(Store store, @Nullable HostPort node) {
    StoreAddress address = StoreAddress.parse(store.redis());
    HostPort first = node == null ? address.hosts().getFirst() : node;
    RedisURI uri = RedisURI.create(first.host(), first.port());
    if (address.watched()) {
      uri = new RedisURI();
      uri.setSentinelMasterId(address.master());
      for (HostPort host : address.hosts()) {
        RedisURI sentinel = RedisURI.create(host.host(), host.port());
        if (store.sentinelPassword() != null) {
          sentinel.setAuthentication(store.sentinelPassword().reveal());
        }
        secure(sentinel, store, address);
        uri.getSentinels().add(sentinel);
      }
    }
    secure(uri, store, address);
    uri.setDatabase(address.database());
    if (store.password() != null && store.user() != null) {
      uri.setAuthentication(store.user().reveal(), store.password().reveal());
    } else if (store.password() != null) {
      uri.setAuthentication(store.password().reveal());
    }
    return uri;
  }

  private static void secure(RedisURI uri, Store store, StoreAddress address) {
    uri.setSsl(address.secure());
    uri.setVerifyPeer(store.tls().verify() ? SslVerifyMode.FULL : SslVerifyMode.NONE);
    uri.setTimeout(HANDSHAKE_TIMEOUT);
    uri.setClientName("headgate");
    uri.setLibraryName("");
    uri.setLibraryVersion("");
  }
}
