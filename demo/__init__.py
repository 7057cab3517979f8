"""The demo story: real commands performed from the signing of the plan to a given day."""
