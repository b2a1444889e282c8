"""What every part speaks: specs, records, telemetry, events. Imports neither torch nor the web."""
