"""Commands on parties and on how they are reached and billed."""
