"""The privacy notice (Tietosuojaseloste), its proofs and its check."""
