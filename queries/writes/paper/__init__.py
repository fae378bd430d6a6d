"""Commands on manual material."""
