"""Tests of the law look for counter-examples in the same order every time, however slow."""

from hypothesis import settings

settings.register_profile("law", deadline=None, derandomize=True, max_examples=200)
settings.load_profile("law")
