"""Mechanisms that pages share: the gateway to the queries, forms, lists, language, sign-in."""
