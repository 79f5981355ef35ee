package dev.headgate.store;

import dev.headgate.callout.Breaker;
import dev.headgate.callout.Breaking;
import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.HostPort;
import dev.headgate.config.Shown;
import dev.headgate.config.Store;
import dev.headgate.config.StoreAddress;
import dev.headgate.exchange.Loop;
import dev.headgate.exchange.Stores.Answer;
import dev.headgate.exchange.Stores.Command;
import dev.headgate.exchange.Stores.Listener;
import dev.headgate.exchange.Stores.Place;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One store as one loop sees it: a connection that comes back by itself, a bound on how long an
 * answer may take, and a breaker.
 *
 * <p>All operations have the same time, so they fall due in the order in which they began: one
 * timer looks at the oldest.
 */
@LoopConfined
final class RedisStore implements LoopStore {
  /** How many operations may be under way on a loop. */
  private static final int MOST_WAITING = 8192;

  private static final int LONGEST_REASON = 200;

  /** How a node says who has a key while its slot moves. */
  private static final String ASK = "ASK ";

  /** After so many failures in a row a store is left alone; then it is tried again this often. */
  private static final Breaking BREAKING = new Breaking(5, Duration.ofSeconds(1));

  private final Place place;
  private final @Nullable HostPort node;
  private final String name;
  private final LoopClient home;
  private final Loop loop;
  private final StoreNews news;
  private final StoreObserver observer;
  private final Breaker breaker;
  private final long timeoutNanos;
  private final ArrayDeque<Operation> underWay = new ArrayDeque<>();
  private final List<Operation> unsent = new ArrayList<>();
  private @Nullable StoreClient client;
  private @Nullable RedisAsyncCommands<String, String> commands;
  private boolean connecting;
  private boolean timing;
  private boolean away;
  private boolean retired;

  /** Who is told how it goes. */
  record Watch(StoreNews news, StoreObserver observer) {}

  private final class Operation {
    private final Command command;
    private final Listener listener;
    private final boolean asking;
    private final long start = loop.nanos();
    private boolean done;

    Operation(Command command, Listener listener, boolean asking) {
      this.command = command;
      this.listener = listener;
      this.asking = asking;
    }
  }

  /**
   * @param node which one of its nodes; null if it has no such
   */
  RedisStore(Place place, @Nullable HostPort node, LoopClient home, Watch watch) {
    this.place = place;
    this.node = node;
    this.name = node == null ? place.name() : place.name() + " at " + node;
    this.home = home;
    this.loop = home.loop();
    this.news = watch.news();
    this.observer = watch.observer();
    this.breaker = new Breaker(BREAKING, loop);
    this.timeoutNanos = place.config().timeout().toNanos();
  }

  @Override
  public void begin() {
    connect();
  }

  @Override
  public void run(Command command, Listener listener) {
    run(command, listener, false);
  }

  /** Whether it is connected, and answered the last time. */
  boolean answers() {
    return commands != null && !away;
  }

  /**
   * As {@link #run(Command, Listener)}.
   *
   * @param asking whether the node gets the keys only now, and is asked by who knows that
   */
  void run(Command command, Listener listener, boolean asking) {
    if (retired || underWay.size() >= MOST_WAITING || !breaker.mayAsk()) {
      observer.skipped();
      listener.answered(new Answer.Failed("store " + name + " is not asked for a while"));
      return;
    }
    Operation operation = new Operation(command, listener, asking);
    underWay.add(operation);
    time();
    if (commands != null) {
      send(operation, commands);
    } else {
      unsent.add(operation);
      connect();
    }
  }

  private void time() {
    Operation oldest = underWay.peek();
    if (oldest != null && !timing) {
      timing = true;
      loop.schedule(this::expire, Math.max(0, oldest.start + timeoutNanos - loop.nanos()));
    }
  }

  private void expire() {
    timing = false;
    for (Operation oldest = underWay.peek();
        oldest != null && (oldest.done || loop.nanos() - oldest.start >= timeoutNanos);
        oldest = underWay.peek()) {
      underWay.remove();
      failed(oldest, "no answer within " + place.config().timeout().toMillis() + " ms");
    }
    time();
  }

  // Connecting

  private void connect() {
    if (connecting) {
      return;
    }
    connecting = true;
    Store store = place.config();
    if (!StoreAddress.parse(store.redis()).secure()) {
      connect(null);
      return;
    }
    boolean begun =
        loop.offload()
            .run(
                () -> StoreTls.open(store.tls(), home.clock().instant()),
                (tls, failure) -> {
                  if (tls == null) {
                    notConnected(failure == null ? "" : "no TLS: " + failure.getMessage());
                  } else {
                    connect(tls);
                  }
                });
    if (!begun) {
      notConnected("too much is to be done to open TLS");
    }
  }

  private void connect(@Nullable SslOptions tls) {
    try {
      StoreClient begun = StoreClient.connect(home, place.config(), node, tls, MOST_WAITING);
      client = begun;
      begun
          .connected()
          .whenComplete((ready, failure) -> {
            if (client == begun) {
              onLoop(() -> connected(ready, failure));
            }
          });
    } catch (RuntimeException e) {
      notConnected(reason(e));
    }
  }

  private void connected(
      @Nullable RedisAsyncCommands<String, String> ready, @Nullable Throwable failure) {
    if (ready == null) {
      notConnected(reason(failure));
      return;
    }
    connecting = false;
    commands = ready;
    List<Operation> waited = List.copyOf(unsent);
    unsent.clear();
    waited.stream().filter(one -> !one.done).forEach(one -> send(one, ready));
    closeIfRetired();
  }

  private void notConnected(String why) {
    connecting = false;
    disconnect();
    List<Operation> waited = List.copyOf(unsent);
    unsent.clear();
    waited.forEach(one -> failed(one, "cannot connect: " + why));
  }

  private void disconnect() {
    StoreClient open = client;
    client = null;
    commands = null;
    if (open != null) {
      open.close();
    }
  }

  // Asking

  private void send(Operation operation, RedisAsyncCommands<String, String> to) {
    Command command = operation.command;
    String[] keys = command.keys().toArray(String[]::new);
    String[] numbers = new String[command.numbers().length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Long.toString(command.numbers()[i]);
    }
    asking(operation, to);
    then(
        to.<List<Object>>evalsha(command.script().digest(), ScriptOutputType.MULTI, keys, numbers),
        operation,
        failure -> {
          if (failure instanceof RedisNoScriptException) {
            asking(operation, to);
            then(
                to.<List<Object>>eval(
                    command.script().text(), ScriptOutputType.MULTI, keys, numbers),
                operation,
                again -> refused(operation, again));
          } else {
            refused(operation, failure);
          }
        });
  }

  /** It holds for the next command. */
  private static void asking(Operation operation, RedisAsyncCommands<String, String> to) {
    if (operation.asking) {
      to.asking();
    }
  }

  private void then(
      CompletionStage<List<Object>> asked, Operation operation, Consumer<Throwable> otherwise) {
    asked.whenComplete((values, failure) ->
        onLoop(() -> {
          if (operation.done) {
            return;
          }
          if (failure != null) {
            otherwise.accept(cause(failure));
          } else {
            told(operation, values);
          }
        }));
  }

  private void told(Operation operation, @Nullable List<Object> values) {
    long[] numbers = new long[values == null ? 0 : values.size()];
    for (int i = 0; i < numbers.length; i++) {
      if (!(values != null && values.get(i) instanceof Long number)) {
        failed(operation, "an answer to something else");
        return;
      }
      numbers[i] = number;
    }
    answered(operation);
    operation.listener.answered(new Answer.Told(numbers));
    settled();
  }

  private void answered(Operation operation) {
    operation.done = true;
    observer.answered(loop.nanos() - operation.start);
    back(breaker.succeeded());
  }

  private static boolean redirects(String why) {
    return why.startsWith(ASK) || why.startsWith("MOVED ");
  }

  private void refused(Operation operation, Throwable failure) {
    String why = reason(failure);
    boolean told = failure instanceof RedisCommandExecutionException;
    if (told && operation.listener instanceof Redirected redirected && redirects(why)) {
      answered(operation);
      redirected.redirected(why.startsWith(ASK), why.substring(why.lastIndexOf(' ') + 1));
      settled();
      return;
    }
    if (told && why.startsWith("READONLY")) {
      // What was the master is none any more: whoever knows the new one is asked again.
      disconnect();
    }
    failed(operation, why);
  }

  private void failed(Operation operation, String why) {
    if (operation.done) {
      return;
    }
    operation.done = true;
    observer.failed(loop.nanos() - operation.start);
    if (breaker.failed() && !away) {
      away = true;
      observer.away();
      news.away(name, why);
    }
    operation.listener.answered(new Answer.Failed("store " + name + ": " + why));
    settled();
  }

  private void back(boolean again) {
    if (again && away) {
      away = false;
      observer.back();
      news.back(name, true);
    }
  }

  private void settled() {
    while (!underWay.isEmpty() && underWay.element().done) {
      underWay.remove();
    }
    closeIfRetired();
  }

  @Override
  public void retire() {
    if (retired) {
      return;
    }
    retired = true;
    if (away) {
      away = false;
      observer.back();
      news.back(name, false);
    }
    closeIfRetired();
  }

  private void closeIfRetired() {
    if (retired && underWay.isEmpty()) {
      disconnect();
    }
  }

  /** The library answers on the loop, but for what is rejected as it shuts down. */
  private void onLoop(Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** The innermost says what happened; the library's messages hold no passwords. */
  private static String reason(@Nullable Throwable failure) {
    Throwable inner = failure;
    while (inner != null && inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    return inner == null ? "" : Shown.shortened(String.valueOf(inner.getMessage()), LONGEST_REASON);
  }
}
