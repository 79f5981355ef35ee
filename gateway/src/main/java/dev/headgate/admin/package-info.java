/**
 * The read-only endpoints for operators: health, metrics, the effective configuration, the routes.
 * A listener and an event loop of their own, so that traffic and operators never wait for each
 * other. What the pages say comes from outside, through {@link dev.headgate.admin.NodeView}.
 */
@NullMarked
package dev.headgate.admin;

import org.jspecify.annotations.NullMarked;
