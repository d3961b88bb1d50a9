"""The weekly report's frames and figures, from what is published: no page and no file in here."""
