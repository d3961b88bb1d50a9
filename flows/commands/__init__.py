"""One module a command; each imports heavy libraries only when it runs."""
