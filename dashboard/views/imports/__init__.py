"""Imports (Tuonti): a file is previewed row by row, then imported whole or not at all."""
