package dev.headgate.policy.limit;

import dev.headgate.concurrent.LoopConfined;
import dev.headgate.exchange.StoreScript;
import dev.headgate.exchange.Stores;
import java.util.ArrayList;
import java.util.List;

/**
 * The buckets of a limit in a store that several nodes share: what {@link Buckets} does on one
 * node, with one step for all rates of a request.
 *
 * <p>A bucket is two whole numbers: how much time it misses to be full, and when that was so, by
 * the store's own clock, so that it does not matter what the nodes believe the time to be. The
 * numbers of Lua are exact up to 2^53, while nanoseconds since 1970 are more: so the moment is kept
 * in microseconds, and what is missing in nanoseconds if a full bucket is less than 52 days deep,
 * else in microseconds, rounded so that the limit is never wider ({@link LimitPlan.One#unit}). A
 * clock that is set back lets nothing come back for a while. A bucket that is full is no longer
 * there.
 */
@LoopConfined
final class SharedBuckets implements StoreCounts {
  /**
   * Gets the operation, how many tokens are to be lent, and for each bucket: an amount, its depth,
   * what one token is, a bound, and how many units a microsecond has. Gives a number and what is
   * left in each bucket.
   */
  private static final StoreScript SCRIPT =
      new StoreScript(
          """
          local time = redis.call('TIME')
          local now = time[1] * 1000000 + time[2]
          local operation, wanted = ARGV[1], tonumber(ARGV[2])
          local buckets = {}
          for i, key in ipairs(KEYS) do
            local at = 5 * i - 2
            local bucket = {
              key = key, missing = 0,
              amount = tonumber(ARGV[at]), depth = tonumber(ARGV[at + 1]),
              each = tonumber(ARGV[at + 2]), bound = tonumber(ARGV[at + 3]),
              scale = tonumber(ARGV[at + 4])
            }
            local word = redis.call('GET', key)
            if word then
              local missing, since = string.match(word, '^(%d+) (%d+)$')
              if not missing then
                return redis.error_reply('ERR ' .. key .. ' holds no bucket')
              end
              local passed = math.max(0, now - since) * bucket.scale
              bucket.missing = math.max(0, missing - passed)
            end
            buckets[i] = bucket
          end
          local function keep(bucket, missing)
            if missing ~= bucket.missing then
              bucket.missing = missing
              local millis = math.ceil(missing / bucket.scale / 1000) + 1000
              redis.call('SET', bucket.key, string.format('%.0f %.0f', missing, now),
                'PX', string.format('%.0f', millis))
            end
          end
          local answer = {0}
          if operation == '0' then
            local fits = true
            for _, b in ipairs(buckets) do
              fits = fits and b.missing + b.amount - b.depth <= b.bound
            end
            answer[1] = fits and 1 or 0
            for i, b in ipairs(buckets) do
              local room = b.depth - b.missing - b.amount
              if fits then
                keep(b, b.missing + b.amount)
              elseif room >= 0 then
                room = room + b.amount
              end
              answer[i + 1] = room
            end
          elseif operation == '1' then
            for i, b in ipairs(buckets) do
              keep(b, math.max(b.missing, math.min(b.missing + b.amount, b.bound)))
              answer[i + 1] = b.depth - b.missing
            end
          else
            for _, b in ipairs(buckets) do
              local settled = math.max(0, b.missing + b.amount)
              wanted = math.min(wanted, math.floor((b.depth - settled) / b.each))
            end
            wanted = math.max(0, wanted)
            answer[1] = wanted
            for i, b in ipairs(buckets) do
              local settled = math.max(0, b.missing + b.amount)
              keep(b, settled + wanted * b.each)
              answer[i + 1] = b.depth - b.missing
              if wanted == 0 and b.missing + b.each > b.depth then
                answer[i + 1] = b.depth - b.missing - b.each
              end
            end
          end
          return answer
          """);

  private static final int TAKE = 0;
  private static final int CHARGE = 1;
  private static final int LEND = 2;
  private static final int NUMBERS = 5;

  private final LimitPlan plan;
  private final Stores.Place place;
  private final Stores stores;

  /** Who waits for an answer. */
  interface Listener {
    /**
     * @param number 1 if tokens were taken, or how many were lent
     * @param left in each bucket, in nanoseconds; if none were given, what is missing to one as a
     *     negative number
     */
    void told(long number, long[] left);

    /** No answer. */
    void failed(String why);
  }

  /** The amount and the bound of one rate. */
  private record Amount(long units, long bound) {}

  private interface Amounts {
    Amount of(LimitPlan.One limit);
  }

  SharedBuckets(LimitPlan plan, Stores.Place place, Stores stores) {
    this.plan = plan;
    this.place = place;
    this.stores = stores;
  }

  /** Takes tokens out of all buckets of a key, if all have enough within a time; else none. */
  @Override
  public void take(String key, long cost, long patience, Listener listener) {
    ask(key, TAKE, 0, limit -> new Amount(limit.units(cost), patience / limit.unit()), listener);
  }

  /** Takes tokens whether there are enough or not, down to two empty buckets. */
  @Override
  public void charge(String key, long cost, Listener listener) {
    ask(key, CHARGE, 0, limit -> new Amount(limit.units(cost), 2 * limit.depthUnits()), listener);
  }

  /**
   * Settles what was spent beyond what was lent, or gives back what was lent and not spent; and
   * lends as many tokens as all buckets have, up to a number.
   *
   * @param debt what is to be settled; negative for what is given back
   */
  void lend(String key, long debt, long wanted, Listener listener) {
    ask(
        key,
        LEND,
        wanted,
        limit -> new Amount(debt < 0 ? -limit.units(-debt) : limit.units(debt), 0),
        listener);
  }

  private void ask(String key, int operation, long wanted, Amounts amounts, Listener listener) {
    int count = plan.limits().size();
    List<String> keys = new ArrayList<>(count);
    long[] numbers = new long[2 + NUMBERS * count];
    numbers[0] = operation;
    numbers[1] = wanted;
    for (int i = 0; i < count; i++) {
      LimitPlan.One limit = plan.limits().get(i);
      keys.add(place.config().prefix() + ":{" + key + "}:" + i);
      Amount amount = amounts.of(limit);
      int at = 2 + NUMBERS * i;
      numbers[at] = amount.units();
      numbers[at + 1] = limit.depthUnits();
      numbers[at + 2] = limit.unitsEach();
      numbers[at + 3] = amount.bound();
      numbers[at + 4] = limit.unit() == 1 ? 1000 : 1;
    }
    stores.run(
        new Stores.Command(place, SCRIPT, keys, numbers),
        answer -> {
          switch (answer) {
            case Stores.Answer.Told(long[] told) when told.length == count + 1 -> {
              long[] left = new long[count];
              for (int i = 0; i < count; i++) {
                left[i] = told[i + 1] * plan.limits().get(i).unit();
              }
              listener.told(told[0], left);
            }
            case Stores.Answer.Told _ -> listener.failed("an answer to something else");
            case Stores.Answer.Failed(String why) -> listener.failed(why);
          }
        });
  }
}
