"""Which records are due, what blocks their disposal, and erasing them."""
