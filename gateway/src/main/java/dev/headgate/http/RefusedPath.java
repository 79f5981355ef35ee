package dev.headgate.http;

/**
 * A path that is not let in. It has no stack trace: under attack there are many, and where it was
 * thrown says nothing that the reason does not.
 */
public final class RefusedPath extends Exception {
  private static final long serialVersionUID = 1L;

  private final PathRefusal refusal;

  RefusedPath(PathRefusal refusal) {
    super(refusal.detail(), null, false, false);
    this.refusal = refusal;
  }

  public PathRefusal refusal() {
    return refusal;
  }
}
