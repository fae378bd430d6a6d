"""The import of customer tables: columns, cells, identity, plan."""
