package dev.headgate.upstream;

import dev.headgate.concurrent.LoopConfined;
import java.util.Arrays;
import java.util.function.IntPredicate;

/** The endpoints that one request was sent to, and what has yet to be told about the last one. */
@LoopConfined
public final class Tried implements IntPredicate {
  private int[] endpoints = new int[2];
  private int count;
  private long hash;
  private boolean trial;
  private int permit;
  private long sent;
  private boolean open;

  /** For an attempt beside the last one, to another endpoint. */
  public Tried beside() {
    Tried other = new Tried();
    other.endpoints = endpoints.clone();
    other.count = count;
    other.hash = hash;
    return other;
  }

  /** How often the request was sent. */
  public int count() {
    return count;
  }

  /** Whether the request was sent to that endpoint before. */
  @Override
  public boolean test(int endpoint) {
    for (int i = 0; i < count; i++) {
      if (endpoints[i] == endpoint) {
        return true;
      }
    }
    return false;
  }

  int last() {
    return endpoints[count - 1];
  }

  /** Of what the request is about, where that matters. */
  long hash() {
    return hash;
  }

  void hash(long about) {
    hash = about;
  }

  /** Whether the request tries the last endpoint out, see {@code UpstreamHealth.trial}. */
  boolean trial() {
    return trial;
  }

  /**
   * The request is sent once more.
   *
   * @param onTrial whether it tries the endpoint out
   */
  void add(int endpoint, boolean onTrial) {
    if (count == endpoints.length) {
      endpoints = Arrays.copyOf(endpoints, 2 * count);
    }
    endpoints[count++] = endpoint;
    trial = onTrial;
    open = true;
  }

  /** What let the last attempt through, see {@code CircuitBreaker.permit}. */
  int permit() {
    return permit;
  }

  /** When the last attempt began, where somebody wants to know. */
  long sent() {
    return sent;
  }

  /** The next attempt begins. */
  void sent(long now) {
    sent = now;
  }

  /** The next attempt was let through. */
  void permitted(int by, long now) {
    permit = by;
    sent = now;
  }

  /** Whether it is still to be told what came of the last attempt; from now on it is not. */
  boolean settle() {
    boolean was = open;
    open = false;
    return was;
  }
}
