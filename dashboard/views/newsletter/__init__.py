"""The newsletter (Uutiskirje): who receives it, and each issue."""
