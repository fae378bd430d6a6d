"""The import of mailing tools' lists."""
