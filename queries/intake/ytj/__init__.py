"""The import of companies of the YTJ open data."""
