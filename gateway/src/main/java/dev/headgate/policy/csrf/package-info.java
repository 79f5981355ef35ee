/**
 * The policy {@code csrf}: refuses requests that another site's page makes a browser send with the
 * cookies of its user. It looks at what browsers say of themselves and needs no token in pages. It
 * does not find out who is calling.
 */
@NullMarked
package dev.headgate.policy.csrf;

import org.jspecify.annotations.NullMarked;
