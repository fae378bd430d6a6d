"""Requests of data subjects (Pyynnöt) and their answers."""
