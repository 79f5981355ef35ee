/**
 * Metrics, access log and trace context. Written to by loops without locks; read by the admin
 * endpoints and one writer thread.
 */
@NullMarked
package dev.headgate.telemetry;

import org.jspecify.annotations.NullMarked;
