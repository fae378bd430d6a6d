"""The access report (GDPR Art. 15): collected, reviewed, and written as PDF and JSON."""
