package dev.headgate.snapshot;

import dev.headgate.concurrent.Shared;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * What policies keep from one revision to the next, such as keys that were fetched. An entry lives
 * as long as some policy holds its object. Guarded by its own lock; never used on a loop.
 */
@Shared
public final class SharedStates {
  private final Map<Object, WeakReference<Object>> states = new HashMap<>();

  /** The object of that key and type, made if there is none. */
  public synchronized <T> T get(Class<T> type, Object key, Supplier<T> make) {
    states.values().removeIf(state -> state.get() == null);
    record Key(Class<?> type, Object key) {}
    Key full = new Key(type, key);
    WeakReference<Object> known = states.get(full);
    Object state = known == null ? null : known.get();
    if (state == null) {
      state = make.get();
      states.put(full, new WeakReference<>(state));
    }
    return type.cast(state);
  }
}
