package dev.headgate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The value that a component has when the user does not write it, in the syntax in which the user
 * would.
 *
 * <p>A component without it is required, unless it is {@code @Nullable}, a list or a map (absent
 * means empty), or a record all of whose own components may be left out.
 *
 * <p>A component with a default that is also {@code @Nullable} can be turned off by a visible word:
 * {@code off} makes it null.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
  String value();
}
