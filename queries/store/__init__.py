"""Engine, sessions, tables, migrations, search: everything that knows SQL."""
