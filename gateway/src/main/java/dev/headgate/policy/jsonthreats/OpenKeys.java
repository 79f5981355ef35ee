package dev.headgate.policy.jsonthreats;

import dev.headgate.concurrent.LoopConfined;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What stands for the keys of all objects that are open, to find a key that an object has twice.
 *
 * <p>They lie on one stack, an object's above those of the object around it. In a small object a
 * new key is looked for among the others one by one. When an object grows, its keys go into a table
 * besides, in open addressing, where an id together with the object's number stands for a key, at a
 * place that nobody can know beforehand. As an object closes before those around it get further
 * keys, what goes out of the table is always what came in last; so a place that is cleared breaks
 * no chain, and nothing has to be moved. When the table grows, what is on the stack is put in again
 * in the order of the stack.
 */
@LoopConfined
final class OpenKeys {
  /** Up to so many keys are looked through one by one. */
  static final int FEW = 16;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final HashKey hashKey;

  /** To hash what is put into the table. */
  private final byte[] scratch = new byte[Long.BYTES];

  private long[] stack = new long[32];
  private int top;

  /** Where the keys of each open object begin on the stack. */
  private int[] starts = new int[8];

  private int objects;

  private long @Nullable [] table;
  private int inTable;

  OpenKeys(HashKey hashKey) {
    this.hashKey = hashKey;
  }

  void open() {
    if (objects == starts.length) {
      starts = Arrays.copyOf(starts, 2 * objects);
    }
    starts[objects++] = top;
  }

  /** Adds a key to the innermost object; false if it has it already. */
  boolean add(long id) {
    int start = starts[objects - 1];
    int count = top - start;
    if (count < FEW) {
      for (int i = start; i < top; i++) {
        if (stack[i] == id) {
          return false;
        }
      }
    } else {
      makeRoom(count == FEW ? FEW + 1 : 1);
      if (count == FEW) {
        for (int i = start; i < top; i++) {
          put(marked(stack[i], objects));
        }
      }
      if (!put(marked(id, objects))) {
        return false;
      }
    }
    if (top == stack.length) {
      stack = Arrays.copyOf(stack, 2 * top);
    }
    stack[top++] = id;
    return true;
  }

  void close() {
    int start = starts[objects - 1];
    if (top - start > FEW) {
      for (int i = top - 1; i >= start; i--) {
        take(marked(stack[i], objects));
      }
    }
    top = start;
    objects--;
  }

  /** How many bytes they take. */
  int kept() {
    return (stack.length + (table == null ? 0 : table.length)) * Long.BYTES
        + starts.length * Integer.BYTES;
  }

  /** How a key of an object stands in the table; zero stands for an empty place. */
  private static long marked(long id, int object) {
    long marked = id + object * GOLDEN;
    return marked == 0 ? 1 : marked;
  }

  private void makeRoom(int more) {
    if (table == null || 2 * (inTable + more) > table.length) {
      table = new long[table == null ? 128 : 2 * table.length];
      inTable = 0;
      for (int object = 1; object <= objects; object++) {
        int start = starts[object - 1];
        int end = object == objects ? top : starts[object];
        for (int i = start; i < end && end - start > FEW; i++) {
          put(marked(stack[i], object));
        }
      }
    }
  }

  private boolean put(long marked) {
    long[] places = places();
    int at = place(marked, places);
    while (places[at] != 0) {
      if (places[at] == marked) {
        return false;
      }
      at = (at + 1) & (places.length - 1);
    }
    places[at] = marked;
    inTable++;
    return true;
  }

  private void take(long marked) {
    long[] places = places();
    int at = place(marked, places);
    while (places[at] != marked) {
      at = (at + 1) & (places.length - 1);
    }
    places[at] = 0;
    inTable--;
  }

  /** Where a key belongs, if there is room. */
  private int place(long marked, long[] places) {
    LONG.set(scratch, 0, marked);
    return (int) hashKey.hash(scratch, 0, Long.BYTES) & (places.length - 1);
  }

  private long[] places() {
    long[] places = table;
    if (places == null) {
      throw new IllegalStateException("no object is large");
    }
    return places;
  }
}
