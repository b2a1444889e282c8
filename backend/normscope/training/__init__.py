"""Trains arms in lock-step: data, models, the loop and its recorder."""
