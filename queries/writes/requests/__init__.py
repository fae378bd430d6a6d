"""Commands on the requests of data subjects."""
