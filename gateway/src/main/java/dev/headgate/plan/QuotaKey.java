package dev.headgate.plan;

import dev.headgate.config.Allowance.Period;

/** What one count of a quota is for: a consumer, its plan and a period. */
public record QuotaKey(String consumer, String plan, Period period, CalendarPeriod time) {}
