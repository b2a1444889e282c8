"""The store: runs, leases, commands and the numbered stream of each run. The store is the bus."""
