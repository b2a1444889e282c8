"""Processes: the warm launcher, its workers, and the executors that start and end them."""
