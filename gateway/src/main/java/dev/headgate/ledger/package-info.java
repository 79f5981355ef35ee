/**
 * The ledger: what was used, durable, in SQLite or PostgreSQL by the same SQL. One thread writes
 * what the loops have counted ({@link dev.headgate.plan.Meters}); the command line reads it, makes
 * invoices of it and changes quotas, each time with an entry in the audit. Everything here blocks
 * and none of it is for an event loop. What counts and what is refused is decided in {@code plan}.
 */
@NullMarked
package dev.headgate.ledger;

import org.jspecify.annotations.NullMarked;
