"""Lock-step training of all arms and seeds of a run: data, models, loop, recorder."""
