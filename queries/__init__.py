"""The query modules of the register: they read and write the store, and know no screen."""
