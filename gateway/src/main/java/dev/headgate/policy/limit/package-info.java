/**
 * The policy {@code limit}: how often something may be asked for, by token buckets or in windows of
 * time. What is counted lies in {@link dev.headgate.policy.limit.Buckets} or {@link
 * dev.headgate.policy.limit.Windows}, shared by all loops and kept over revisions; quotas by the
 * calendar and what a caller is billed for do not belong here.
 */
@NullMarked
package dev.headgate.policy.limit;

import org.jspecify.annotations.NullMarked;
