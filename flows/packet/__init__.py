"""The packet for one payer on disk: a letter and its evidence as HTML, PDF and DOCX, and a note that stays in the practice."""
