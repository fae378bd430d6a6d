"""A made-up company with any number of customers, to try the register and to measure it.

>>> from queries.demonstration import build

The company is a small one in Mikkeli that supports offices: IT support, training, maintenance
contracts, cabling at building sites (reverse charge) and small repairs. Nothing in it is anybody's:
names are drawn from lists of common ones, business IDs and telephone numbers from ranges that are
not in use, mail addresses end in ``.example``, and there are no personal identity codes.

``plan`` says what happens and when; ``parties``, ``sales`` and ``billing`` make the rows of it with
``names``, ``places``, ``numbers`` and ``catalogue``, ``archive`` those of the paper; ``loading``
brings them in, in one transaction.
"""

from queries.demonstration.building import build

__all__ = ["build"]
