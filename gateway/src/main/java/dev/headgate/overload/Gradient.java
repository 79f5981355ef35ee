package dev.headgate.overload;

import java.util.function.DoubleSupplier;

/**
 * How many requests an upstream should have at once, found out from how long it takes.
 *
 * <p>An upstream that is not loaded takes its own time. What it takes beyond that, requests spend
 * waiting in it for each other. So the bound is multiplied by how much quicker the upstream was
 * unloaded than it is now (the gradient), allowing for a tolerance, and the root of the bound is
 * added, so that it grows as long as hardly anybody waits:
 *
 * <pre>limit = limit × min(1, (1 + tolerance) × unloaded / median) + √limit</pre>
 *
 * <p>What an unloaded upstream takes is found out by one rule: what half of the requests do not
 * make quicker is no waiting. Now and then, often at first, the bound is halved on purpose, again
 * and again as long as that makes the upstream quicker; then the last halving is taken back. Where
 * fewer requests come than half of the bound nothing has to be halved. And when the gradient has
 * halved the bound without making the upstream quicker, the upstream itself has become slower, and
 * is believed. After each halving a window goes by before it is judged: it still has requests from
 * before.
 *
 * <p>Not safe for several threads.
 */
final class Gradient {
  private static final int AT_FIRST = 100;
  private static final double STEEPEST = 0.5;

  /** Half of those that wait make it quicker by a third at least; less is noise. */
  private static final double QUICKER = 0.8;

  /** How much of a window that is quicker than unloaded is taken over. */
  private static final double FOLLOWED = 0.25;

  /** After so many windows at the smallest bound it is clear that the upstream itself is slow. */
  private static final int BELIEVED_AFTER = 3;

  /** How much more often it is measured at first. */
  private static final int OFTEN = 32;

  private final Rules rules;
  private final DoubleSupplier random;
  private double limit;
  private boolean begun;

  /** What an unloaded upstream takes; 0 before that is known. */
  private double unloaded;

  private long measureAt;
  private long pauseNanos;
  private int atSmallest;

  /** From where on half is half, and the largest median since. */
  private double markLimit;

  private double markMedian;

  /** The bound has been halved, and what came of it is to be seen. */
  private boolean judging;

  /** Whether this window still has requests from before that. */
  private boolean mixed;

  /** Whether it was halved on purpose, and how large it was before. */
  private boolean measuring;

  private double beforeMeasuring;

  /**
   * The rules.
   *
   * @param tolerance by which share of its own time the upstream may be slower
   * @param measureNanos after which time it is measured again, a tenth more or less
   */
  record Rules(int min, int max, double tolerance, long measureNanos) {}

  /**
   * @param random from 0 to 1
   */
  Gradient(Rules rules, DoubleSupplier random) {
    this.rules = rules;
    this.random = random;
    this.limit = Math.clamp(AT_FIRST, rules.min(), rules.max());
    this.pauseNanos = rules.measureNanos() / OFTEN;
  }

  int limit() {
    return (int) limit;
  }

  /**
   * What was seen in a window.
   *
   * @param median of what its requests took
   * @param peak the most requests that there were at once
   * @return the bound from now on
   */
  int window(double median, int peak, long now) {
    boolean bound = 2L * peak >= (long) limit;
    if (!begun) {
      begun = true; // The first that are answered are the quick ones.
    } else if (judging) {
      judge(median, now);
    } else if (unloaded == 0 || now - measureAt >= 0) {
      if (bound && limit > rules.min()) {
        measuring = true;
        beforeMeasuring = limit;
        halve(median);
      } else {
        known(median, now);
      }
    } else {
      follow(median, bound, now);
    }
    limit = Math.clamp(limit, rules.min(), rules.max());
    return limit();
  }

  private void halve(double median) {
    mark(median);
    judging = true;
    mixed = true;
    limit = Math.max(rules.min(), limit / 2);
  }

  private void mark(double median) {
    markLimit = limit;
    markMedian = median;
  }

  private void judge(double median, long now) {
    boolean quicker = median < QUICKER * markMedian;
    if (mixed) {
      mixed = false;
    } else if (quicker && !measuring) {
      judging = false;
      mark(median);
    } else if (quicker && limit > rules.min()) {
      halve(median);
    } else {
      if (measuring) {
        limit = Math.min(beforeMeasuring, 2 * limit);
        pauseNanos = Math.min(rules.measureNanos(), 2 * pauseNanos);
      } else {
        pauseNanos = rules.measureNanos() / OFTEN;
      }
      known(median, now);
    }
  }

  private void known(double median, long now) {
    unloaded = median;
    judging = false;
    measuring = false;
    atSmallest = 0;
    mark(median);
    measureAt = now + (long) (pauseNanos * (0.9 + 0.2 * random.getAsDouble()));
  }

  private void follow(double median, boolean bound, long now) {
    if (median < unloaded) {
      unloaded += FOLLOWED * (median - unloaded);
    }
    if (!bound) {
      return; // What it takes now is not the doing of these requests.
    }
    double gradient = Math.clamp((1 + rules.tolerance()) * unloaded / median, STEEPEST, 1);
    atSmallest = gradient < 1 && limit <= rules.min() ? atSmallest + 1 : 0;
    if (atSmallest >= BELIEVED_AFTER) {
      pauseNanos = rules.measureNanos() / OFTEN;
      known(median, now);
      return;
    }
    markMedian = Math.max(markMedian, median);
    limit = Math.max(rules.min(), limit * gradient + Math.sqrt(limit));
    if (limit > markLimit) {
      mark(median);
    } else if (limit <= markLimit / 2) {
      judging = true;
      mixed = true;
    }
  }
}
