package dev.headgate.callout;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.Decision;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Questions that are under way, each asked once for all requests that want to know: by the hash of
 * what they are about.
 *
 * @param <R> what comes of a question
 */
@LoopConfined
public final class SingleFlight<R> {
  private final Map<ByteBuffer, Flight<R>> underWay = new HashMap<>();

  private record Waiter<R>(Decision.Await await, Function<R, Decision> meaning) {}

  /** One question, with the requests that wait for its answer. */
  @LoopConfined
  public static final class Flight<R> {
    private final List<Waiter<R>> waiters = new ArrayList<>(1);

    private Flight() {}

    /**
     * Lets a request wait.
     *
     * @param meaning what the answer means for it; not called once it has gone away
     */
    public Decision join(Function<R, Decision> meaning) {
      Decision.Await await = new Decision.Await();
      waiters.add(new Waiter<>(await, meaning));
      return await;
    }

    private void land(R result) {
      for (Waiter<R> waiter : waiters) {
        if (!waiter.await().cancelled()) {
          waiter.await().follow(waiter.meaning().apply(result));
        }
      }
    }
  }

  /** The question with that hash that is under way, or null. */
  public @Nullable Flight<R> find(byte[] hash) {
    return underWay.isEmpty() ? null : underWay.get(ByteBuffer.wrap(hash));
  }

  /** Begins a question. The hash must stay as it is. */
  public Flight<R> begin(byte[] hash) {
    Flight<R> flight = new Flight<>();
    underWay.put(ByteBuffer.wrap(hash), flight);
    return flight;
  }

  /** A question has its answer: all who wait for it are told. */
  public void land(byte[] hash, R result) {
    Flight<R> flight = underWay.remove(ByteBuffer.wrap(hash));
    if (flight != null) {
      flight.land(result);
    }
  }
}
