package dev.headgate.store;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.HostPort;
import dev.headgate.config.StoreAddress;
import dev.headgate.exchange.Stores.Answer;
import dev.headgate.exchange.Stores.Command;
import dev.headgate.exchange.Stores.Listener;
import dev.headgate.exchange.Stores.Place;
import io.lettuce.core.cluster.SlotHash;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster as one loop sees it: each node is a {@link RedisStore} with a connection, a bound
 * in time and a breaker of its own, so that one that is away costs only what lies there.
 *
 * <p>Where a slot lies is learnt by asking: a node that does not have it says who does ({@code
 * MOVED}), which is remembered for the slot; who has it for the moment, while it moves ({@code
 * ASK}), is asked once. When a node does not answer, all that was remembered of it is forgotten,
 * and others are asked, who know of a fail-over first. All keys of a command lie in one slot, as
 * they have the same hash tag.
 */
@LoopConfined
final class ClusterStore implements LoopStore {
  /** How often one command may be sent on: to the owner, to who gets the slot, and once again. */
  private static final int MOST_HOPS = 4;

  /** Each is a connection. */
  private static final int MOST_NODES = 256;

  /** A node that nobody asked for so long may have left the cluster. */
  private static final long IDLE = TimeUnit.MINUTES.toNanos(1);

  private final Place place;
  private final LoopClient home;
  private final Function<Place, RedisStore.Watch> watches;
  private final Map<HostPort, Node> nodes = new LinkedHashMap<>();
  private final @Nullable Owner[] owners = new @Nullable Owner[SlotHash.SLOT_COUNT];
  private int guesses;
  private boolean retired;

  /** One of its nodes. */
  @LoopConfined
  private final class Node {
    final HostPort address;
    final RedisStore store;
    final boolean named;
    Owner owner = new Owner(this);
    long asked;

    Node(HostPort address, boolean named) {
      this.address = address;
      this.named = named;
      this.store = new RedisStore(place, address, home, watches.apply(place));
      this.asked = home.loop().nanos();
    }

    void ask(Asked command, boolean asking) {
      asked = home.loop().nanos();
      command.node = this;
      store.run(command.command, command, asking);
    }
  }

  /** That a node has a slot; no more once the node has another of these. */
  private record Owner(Node node) {
    boolean holds() {
      return node.owner == this;
    }
  }

  /** A command on its way. */
  @LoopConfined
  private final class Asked implements Redirected {
    private final Command command;
    private final Listener listener;
    private final int slot;
    private int hops;
    private @Nullable Node node;

    Asked(Command command, Listener listener) {
      this.command = command;
      this.listener = listener;
      this.slot = SlotHash.getSlot(command.keys().getFirst());
    }

    @Override
    public void answered(Answer answer) {
      Node asked = node;
      if (asked != null && answer instanceof Answer.Failed) {
        asked.owner = new Owner(asked);
      }
      listener.answered(answer);
    }

    @Override
    public void redirected(boolean asking, String to) {
      Node other = ++hops < MOST_HOPS ? node(to, this) : null;
      if (other == null) {
        listener.answered(
            new Answer.Failed("store " + place.name() + ": nobody has the slot " + slot));
        return;
      }
      if (!asking) {
        owners[slot] = other.owner;
      }
      other.ask(this, asking);
    }
  }

  ClusterStore(Place place, LoopClient home, Function<Place, RedisStore.Watch> watches) {
    this.place = place;
    this.home = home;
    this.watches = watches;
    for (HostPort seed : StoreAddress.parse(place.config().redis()).hosts()) {
      nodes.put(seed, new Node(seed, true));
    }
  }

  @Override
  public void begin() {
    nodes.values().forEach(node -> node.store.begin());
  }

  @Override
  public void run(Command command, Listener listener) {
    Asked asked = new Asked(command, listener);
    Owner owner = owners[asked.slot];
    Node node = owner != null && owner.holds() ? owner.node : guess();
    node.ask(asked, false);
  }

  /** Somebody who may know: in turn, those that answer first. */
  private Node guess() {
    List<Node> all = new ArrayList<>(nodes.values());
    int first = Math.floorMod(guesses++, all.size());
    for (int i = 0; i < all.size(); i++) {
      Node node = all.get((first + i) % all.size());
      if (node.store.answers()) {
        return node;
      }
    }
    return all.get(first);
  }

  /** The node that another one names; null if there can be none such. */
  private @Nullable Node node(String to, Asked asked) {
    HostPort address = address(to, asked.node);
    Node known = address == null ? null : nodes.get(address);
    if (known != null || address == null || retired) {
      return known;
    }
    forgetIdle();
    if (nodes.size() >= MOST_NODES) {
      return null;
    }
    Node added = new Node(address, false);
    nodes.put(address, added);
    added.store.begin();
    return added;
  }

  /** Nodes write IPv6 without brackets, and leave out a host that is their own. */
  private static @Nullable HostPort address(String to, @Nullable Node from) {
    int colon = to.lastIndexOf(':');
    String host = colon < 0 ? "" : to.substring(0, colon);
    if (host.isEmpty() && from != null) {
      host = from.address.host();
    }
    try {
      String written = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
      return HostPort.parse(written + to.substring(Math.max(0, colon)));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private void forgetIdle() {
    long now = home.loop().nanos();
    Iterator<Node> all = nodes.values().iterator();
    while (all.hasNext()) {
      Node node = all.next();
      if (!node.named && now - node.asked > IDLE) {
        node.owner = new Owner(node);
        node.store.retire();
        all.remove();
      }
    }
  }

  @Override
  public void retire() {
    retired = true;
    nodes.values().forEach(node -> node.store.retire());
  }
}
