package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.StoreScript;
import dev.headgate.exchange.Stores;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The windows of a limit in a store that several nodes share: what {@link Windows} does on one
 * node, by the store's own clock, with one step for all rates of a request.
 *
 * <p>A window is three whole numbers: its own, and the counts of the one before and of this one.
 * What is multiplied stays below 2^53, up to which the numbers of Lua are exact. When the clock is
 * set back, a window that has begun goes on.
 */
@LoopConfined
final class SharedWindows implements StoreCounts {
  /**
   * Gets the operation, and for each window: an amount, its limit, its length in milliseconds, and
   * whether it slides. Gives whether there was room, and for each window what is left, or the
   * milliseconds until there is room as a negative number.
   */
  private static final StoreScript SCRIPT =
      new StoreScript(
          """
          local time = redis.call('TIME')
          local now = time[1] * 1000 + math.floor(time[2] / 1000)
          local windows, fits = {}, true
          for i, key in ipairs(KEYS) do
            local at = 4 * i - 2
            local w = {
              key = key, previous = 0, current = 0,
              amount = tonumber(ARGV[at]), limit = tonumber(ARGV[at + 1]),
              length = tonumber(ARGV[at + 2]), slides = ARGV[at + 3] == '1'
            }
            w.number = math.floor(now / w.length)
            local word = redis.call('GET', key)
            if word then
              local number, previous, current = string.match(word, '^(%d+) (%d+) (%d+)$')
              if not number then
                return redis.error_reply('ERR ' .. key .. ' holds no window')
              end
              number = tonumber(number)
              if number >= w.number then
                w.number, w.previous, w.current = number, tonumber(previous), tonumber(current)
              elseif number == w.number - 1 and w.slides then
                w.previous = tonumber(current)
              end
            end
            w.early = math.max(0, w.number * w.length - now)
            w.rest = (w.number + 1) * w.length - now - w.early
            w.left = w.limit - w.current - math.ceil(w.previous * w.rest / w.length)
            fits = fits and w.amount <= w.left
            windows[i] = w
          end
          local function keep(w, current)
            local millis = w.early + w.rest + 1000 + (w.slides and w.length or 0)
            redis.call('SET', w.key, string.format('%.0f %.0f %.0f', w.number, w.previous, current),
              'PX', string.format('%.0f', millis))
          end
          local function wait(w)
            local rest = w.early + w.rest
            if not w.slides or w.amount > w.limit then
              return math.max(1, rest)
            end
            local room = w.limit - w.amount - w.current
            if room >= 0 then
              return math.max(1, rest - math.floor(room * w.length / w.previous))
            end
            local next = math.floor((w.limit - w.amount) * w.length / w.current)
            return math.max(1, rest + w.length - math.min(w.length, next))
          end
          local answer = {fits and 1 or 0}
          for i, w in ipairs(windows) do
            if ARGV[1] == '1' then
              keep(w, math.max(w.current, math.min(w.current + w.amount, 2 * w.limit)))
              answer[i + 1] = 0
            elseif fits then
              keep(w, w.current + w.amount)
              answer[i + 1] = w.left - w.amount
            elseif w.amount <= w.left then
              answer[i + 1] = w.left
            else
              answer[i + 1] = -wait(w)
            end
          end
          return answer
          """);

  private static final int TAKE = 0;
  private static final int CHARGE = 1;
  private static final int NUMBERS = 4;

  private final LimitPlan plan;
  private final Stores.Place place;
  private final Stores stores;

  SharedWindows(LimitPlan plan, Stores.Place place, Stores stores) {
    this.plan = plan;
    this.place = place;
    this.stores = stores;
  }

  /** Nobody waits for a turn in a window, however patient. */
  @Override
  public void take(String key, long cost, long patience, SharedBuckets.Listener listener) {
    ask(key, TAKE, cost, listener);
  }

  @Override
  public void charge(String key, long cost, SharedBuckets.Listener listener) {
    ask(key, CHARGE, cost, listener);
  }

  private void ask(String key, int operation, long cost, SharedBuckets.Listener listener) {
    int count = plan.limits().size();
    List<String> keys = new ArrayList<>(count);
    long[] numbers = new long[1 + NUMBERS * count];
    numbers[0] = operation;
    for (int i = 0; i < count; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      Windows windows = limit.windows();
      long millis = TimeUnit.NANOSECONDS.toMillis(windows.lengthNanos());
      // Another length or kind would mean something else by the same numbers.
      String kind = windows.slides() ? ":s" : ":f";
      keys.add(place.config().prefix() + ":{" + key + "}:" + i + kind + millis);
      int at = 1 + NUMBERS * i;
      numbers[at] = cost;
      numbers[at + 1] = limit.burst();
      numbers[at + 2] = millis;
      numbers[at + 3] = windows.slides() ? 1 : 0;
    }
    stores.run(
        new Stores.Command(place, SCRIPT, keys, numbers),
        answer -> {
          switch (answer) {
            case Stores.Answer.Told(long[] told) when told.length == count + 1 -> {
              long[] left = new long[count];
              for (int i = 0; i < count; i++) {
                long one = told[i + 1];
                left[i] = one < 0 ? -TimeUnit.MILLISECONDS.toNanos(-one) : one;
              }
              listener.told(told[0], left);
            }
            case Stores.Answer.Told _ -> listener.failed("an answer to something else");
            case Stores.Answer.Failed(String why) -> listener.failed(why);
          }
        });
  }
}
