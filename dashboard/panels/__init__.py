"""Forms and panels of one noun that the pages of several nouns show."""
