"""Commands on the newsletter and its subscriptions."""
