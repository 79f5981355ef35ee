/**
 * Secrets that people chose or that are short, as slow hashes: reading such hashes strictly and
 * within bounds, making them, and proving a secret without holding up a loop or doing it again for
 * each request; and secrets that two sides share to sign with. Whose a secret is, and where a
 * request has it, is the policies' business.
 */
@NullMarked
package dev.headgate.secret;

import org.jspecify.annotations.NullMarked;
