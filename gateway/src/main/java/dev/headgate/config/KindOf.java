package dev.headgate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a {@link Typed} component whose key is the name of a kind. The kinds are not known to this
 * package: whoever reads a configuration brings them.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface KindOf {
  /** What has these kinds. */
  Family value();

  /** The things of which there are kinds. */
  enum Family {
    POLICY,
    CREDENTIAL
  }
}
