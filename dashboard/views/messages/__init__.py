"""Messages (Yhteydenotot) from the company's web forms."""
