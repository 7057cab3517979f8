"""Công văn đôn đốc: the letters urging made, their drafts, and the numbers văn thư gives them."""
