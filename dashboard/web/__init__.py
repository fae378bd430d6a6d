"""Layers in front of the pages: addresses, the gate, the answers' headers and our own routes."""
