package dev.headgate.overload;

import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An upstream in simulated time: so many workers, each of which takes a random time for a request,
 * and a line before them without end, as most servers have one.
 */
final class ModelServer {
  static final long SECOND = 1_000_000_000;
  static final long MILLI = 1_000_000;

  private final Random random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final ArrayDeque<Request> line = new ArrayDeque<>();
  private final @Nullable RequestLimit limit;
  private double meanNanos;
  private int workers;
  private int busy;
  private long sequence;
  private boolean arriving;
  private double perSecond;

  long now = 3600 * SECOND;
  int inside;
  int mostInside;
  int refused;

  private record Event(long at, long order, Runnable act) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private record Request(long arrived, LongConsumer answered) {}

  /**
   * @param limit who lets requests in; null for nobody
   */
  ModelServer(int seed, int workers, long meanNanos, @Nullable RequestLimit limit) {
    this.random = new Random(seed);
    this.workers = workers;
    this.meanNanos = meanNanos;
    this.limit = limit;
  }

  void workers(int count) {
    workers = count;
    begin();
  }

  void meanNanos(long nanos) {
    meanNanos = nanos;
  }

  /** How many requests it can answer in a second. */
  double capacity() {
    return workers * (double) SECOND / meanNanos;
  }

  /**
   * Lets time pass, with so many requests a second.
   *
   * @param answered gets how long each answer took
   */
  void run(double requestsPerSecond, double seconds, LongConsumer answered) {
    perSecond = requestsPerSecond;
    long until = now + (long) (seconds * SECOND);
    if (!arriving) {
      arriving = true;
      nextArrival();
    }
    each = answered;
    while (!events.isEmpty() && events.peek().at() <= until) {
      Event event = events.poll();
      now = event.at();
      event.act().run();
    }
    now = until;
  }

  private LongConsumer each = _ -> {};

  private void nextArrival() {
    double gap = -Math.log(1 - random.nextDouble()) * SECOND / perSecond;
    at(
        (long) gap,
        () -> {
          nextArrival();
          arrive();
        });
  }

  private void at(long later, Runnable act) {
    events.add(new Event(now + later, sequence++, act));
  }

  private void arrive() {
    if (limit != null && !limit.take()) {
      refused++;
      limit.refused(now);
      return;
    }
    inside++;
    mostInside = Math.max(mostInside, inside);
    line.add(new Request(now, nanos -> each.accept(nanos)));
    begin();
  }

  private void begin() {
    while (busy < workers && !line.isEmpty()) {
      Request request = line.poll();
      busy++;
      at((long) (-Math.log(1 - random.nextDouble()) * meanNanos), () -> end(request));
    }
  }

  private void end(Request request) {
    busy--;
    inside--;
    long took = now - request.arrived();
    if (limit != null) {
      limit.answered(took, now);
      limit.free();
    }
    request.answered().accept(took);
    begin();
  }
}
