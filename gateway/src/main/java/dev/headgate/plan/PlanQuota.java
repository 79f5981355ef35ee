package dev.headgate.plan;

/**
 * One number of the quota that a consumer has now.
 *
 * @param key what is counted for it
 * @param limit of its plan, without what was granted
 */
public record PlanQuota(QuotaKey key, long limit) {}
