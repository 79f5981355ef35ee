/**
 * What policies that ask somebody else have in common, be it a server or other threads: to ask once
 * for all who want to know, to remember what came of it, and when not to ask. What is asked and
 * what an answer means is each policy's business.
 */
@NullMarked
package dev.headgate.callout;

import org.jspecify.annotations.NullMarked;
