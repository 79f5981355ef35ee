@NullMarked
package dev.headgate.testkit;

import org.jspecify.annotations.NullMarked;
