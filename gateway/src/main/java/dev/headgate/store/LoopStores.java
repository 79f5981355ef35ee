package dev.headgate.store;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.config.StoreAddress;
import dev.headgate.exchange.Stores;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** The stores that one loop asks: connected to each that some policy uses. */
@LoopConfined
public final class LoopStores implements Stores {
  private final LoopClient home;
  private final StoreNews news;
  private final Function<String, StoreObserver> observers;
  private final Map<Place, LoopStore> stores = new HashMap<>();

  /**
   * @param observers who wants to know how a store of that name is doing
   */
  public LoopStores(LoopClient home, StoreNews news, Function<String, StoreObserver> observers) {
    this.home = home;
    this.news = news;
    this.observers = observers;
  }

  @Override
  public void run(Command command, Listener listener) {
    LoopStore store = stores.get(command.place());
    if (store == null) {
      // A request that began before the last change; no connection is made for it alone.
      listener.answered(new Answer.Failed("store " + command.place().name() + " was changed"));
      return;
    }
    store.run(command, listener);
  }

  /** Connects to those of these that are new, and lets go of all others once they have answered. */
  public void retain(Set<Place> used) {
    for (Place place : used) {
      if (!stores.containsKey(place)) {
        LoopStore store = open(place);
        stores.put(place, store);
        store.begin();
      }
    }
    stores
        .entrySet()
        .removeIf(entry -> {
          boolean gone = !used.contains(entry.getKey());
          if (gone) {
            entry.getValue().retire();
          }
          return gone;
        });
  }

  private LoopStore open(Place place) {
    return StoreAddress.parse(place.config().redis()).cluster()
        ? new ClusterStore(place, home, this::watch)
        : new RedisStore(place, null, home, watch(place));
  }

  private RedisStore.Watch watch(Place place) {
    return new RedisStore.Watch(news, observers.apply(place.name()));
  }

  /** Lets go of all, as the loop ends. */
  public void close() {
    retain(Set.of());
    home.close();
  }
}
