"""The overview (Yleiskatsaus) and its figures."""
