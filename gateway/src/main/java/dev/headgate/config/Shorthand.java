package dev.headgate.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the component that a plain value stands for where a mapping is expected: with
 * {@code @Shorthand("url")}, {@code "http://a:80"} means {@code {url: "http://a:80"}}.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Shorthand {
  String value();
}
