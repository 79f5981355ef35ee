package dev.headgate.config;

import java.util.List;

/** What gRPC calls may fail with, in the words of the configuration. */
public final class GrpcWords {
  /** In the order of their codes, from 1 on. */
  public static final List<String> ALL =
      List.of(
          "cancelled",
          "unknown",
          "invalid_argument",
          "deadline_exceeded",
          "not_found",
          "already_exists",
          "permission_denied",
          "resource_exhausted",
          "failed_precondition",
          "aborted",
          "out_of_range",
          "unimplemented",
          "internal",
          "unavailable",
          "data_loss",
          "unauthenticated");

  private GrpcWords() {}
}
