"""Reads of the privacy notice and of the proofs that it is true."""
