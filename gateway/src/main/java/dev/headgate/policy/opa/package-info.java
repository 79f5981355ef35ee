/**
 * The policy {@code opa}: has an Open Policy Agent decide about requests, by its data API. What it
 * is told of a request and what its result means; when it is asked is {@code callout}'s business.
 */
@NullMarked
package dev.headgate.policy.opa;

import org.jspecify.annotations.NullMarked;
