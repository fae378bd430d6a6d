"""Disposal (Hävittäminen): proposed, reviewed, approved, carried out, certified."""
