"""Orders, invoices and services (Tilaukset, Laskut, Palvelut)."""
