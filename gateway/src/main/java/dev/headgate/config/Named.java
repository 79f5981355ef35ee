package dev.headgate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a map whose keys are names that appear in metrics, logs and URLs: lower-case letters,
 * digits, {@code -}, {@code _} and {@code .}, beginning with a letter or digit.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Named {}
