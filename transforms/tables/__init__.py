"""One contract per table. Import tables from their module; nothing is re-exported."""
