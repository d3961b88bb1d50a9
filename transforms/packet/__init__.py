"""What goes to one payer: who was left with how much, what is asked, what it costs, and what others allow; no cell of few."""
