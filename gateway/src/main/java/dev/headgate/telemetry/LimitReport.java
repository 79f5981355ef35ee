package dev.headgate.telemetry;

import dev.headgate.keyed.TopKeys;
import java.util.List;

/**
 * What a limit has said.
 *
 * @param limit its name
 * @param within for how many requests there was room, since the start
 * @param delayed for how many later
 * @param over for how many not; with {@code mode: report} they went on all the same
 * @param top who was over it most in the last minutes, first the one that was most often
 */
public record LimitReport(
    String limit, long within, long delayed, long over, List<TopKeys.Seen> top) {}
