"""What counts: figures for the screen, Excel and official papers, all from the same functions."""
