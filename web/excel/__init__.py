"""Excel: my tasks down, edited, and up again, with every change shown before it is made."""
