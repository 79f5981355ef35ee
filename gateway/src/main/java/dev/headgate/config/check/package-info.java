/**
 * What the types of the records cannot say: rules between keys and inside texts. Pure: no files, no
 * network, no compiling; conflicts between routes are found when they are compiled.
 */
@NullMarked
package dev.headgate.config.check;

import org.jspecify.annotations.NullMarked;
