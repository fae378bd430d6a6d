"""Pure law and arithmetic: no store, no clock, no network."""
