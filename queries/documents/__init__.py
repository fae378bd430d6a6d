"""Documents that are given out."""
