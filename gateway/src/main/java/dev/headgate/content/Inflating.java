package dev.headgate.content;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.BodyInspector;
import dev.headgate.exchange.Failure;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shows somebody a body without its codings, while its bytes pass as they came. To be closed when
 * the request ends, however that is: an inflater has memory outside the heap.
 */
@LoopConfined
final class Inflating implements BodyInspector, AutoCloseable {
  private final Layer[] layers;
  private final BodyInspector inner;
  private long wire;

  /**
   * @param codings in the order in which they are to be undone; at least one
   * @param scratch a buffer for each
   */
  Inflating(List<Coding> codings, InflationLimits limits, byte[][] scratch, BodyInspector inner) {
    this.inner = inner;
    this.layers = new Layer[codings.size()];
    Layer.Sink sink = inner::piece;
    for (int i = layers.length - 1; i >= 0; i--) {
      Layer layer = new Layer(codings.get(i), limits, scratch[i], sink);
      layers[i] = layer;
      sink = part -> layer.put(part, wire);
    }
  }

  @Override
  public @Nullable Failure piece(ByteBuffer piece) {
    wire += piece.remaining();
    return layers[0].put(piece, wire);
  }

  @Override
  public @Nullable Failure end() {
    for (Layer layer : layers) {
      Failure failure = layer.end();
      if (failure != null) {
        return failure;
      }
    }
    return inner.end();
  }

  @Override
  public void close() {
    for (Layer layer : layers) {
      layer.close();
    }
  }
}
