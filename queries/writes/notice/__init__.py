"""Commands on the privacy notice, its settings, post codes, and whom was told."""
