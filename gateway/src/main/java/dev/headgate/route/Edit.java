package dev.headgate.route;

/** A route that comes or goes. */
record Edit<T>(RouteEntry<T> entry, boolean adds) {}
