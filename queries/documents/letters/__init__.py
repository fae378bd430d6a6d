"""Letters to data subjects and to recipients."""
