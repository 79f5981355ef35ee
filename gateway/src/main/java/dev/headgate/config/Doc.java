package dev.headgate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a configuration record or one of its components is for, in the user's words. The reference
 * docs, the JSON Schema and the hints of {@code headgate check} are all made from it.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.TYPE})
public @interface Doc {
  /** One or two sentences: what it does, its unit and range. */
  String value();

  /** A value as a user would write it in YAML, or empty where the type says enough. */
  String example() default "";
}
