package dev.headgate.content;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Decision;
import dev.headgate.exchange.Exchange;
import dev.headgate.exchange.Policy;
import java.util.List;

/**
 * Lets one policy look into bodies, below their content codings. The policy's state of a request is
 * this one's: it calls {@link #end} when the request ends, and keeps nothing else there.
 */
@LoopConfined
public final class BodyLook {
  /** How many codings may lie one above the other. */
  public static final int MOST_CODINGS = 2;

  /** What stands for a body without codings, so that nobody looks at it twice. */
  private static final Object PLAIN = new Object();

  private final InflationLimits limits;

  /** Of all requests of this loop, as nothing is kept there between calls. */
  private final byte[][] scratch = new byte[MOST_CODINGS][];

  public BodyLook(InflationLimits limits) {
    this.limits = limits;
  }

  /** Whether the policy looks at the body already, as it stands on the route twice. */
  public boolean looks(Exchange exchange, Policy owner) {
    return exchange.state(owner) != null;
  }

  /**
   * Has the body shown to the inspector, below its codings.
   *
   * @return a failure if there are codings that cannot be undone
   */
  public Decision look(Exchange exchange, Policy owner, BodyInspector inspector) {
    List<Coding> codings = Coding.of(exchange.requestHeaders());
    if (codings == null) {
      return refused("encoding.unsupported", "a content coding besides gzip and deflate");
    }
    if (codings.size() > MOST_CODINGS) {
      return refused("encoding.too_many", "more than " + MOST_CODINGS + " content codings");
    }
    if (codings.isEmpty()) {
      exchange.state(owner, PLAIN);
      exchange.inspectBody(owner, inspector);
      return Decision.CONTINUE;
    }
    for (int i = 0; i < codings.size(); i++) {
      if (scratch[i] == null) {
        scratch[i] = new byte[Layer.PART];
      }
    }
    Inflating inflating = new Inflating(codings, limits, scratch, inspector);
    exchange.state(owner, inflating);
    exchange.inspectBody(owner, inflating);
    return Decision.CONTINUE;
  }

  private Decision refused(String reason, String detail) {
    return Decision.fail(limits.failure(415, reason, detail));
  }

  /** The request has ended. */
  public void end(Exchange exchange, Policy owner) {
    if (exchange.state(owner) instanceof Inflating inflating) {
      inflating.close();
    }
  }
}
