"""How words are kept and how values are written, the same on the screen and in documents."""
