/**
 * Which endpoint a request belongs to by what it is about, so that the same goes to the same: the
 * ring of an upstream. Choices that need no memory are made where the connections are.
 */
@NullMarked
package dev.headgate.balance;

import org.jspecify.annotations.NullMarked;
