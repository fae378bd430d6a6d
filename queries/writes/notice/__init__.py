"""Commands on the privacy notice, its settings, post codes, and information given to people."""
