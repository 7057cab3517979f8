"""What is measured against what, as ratios: run on the machine at hand, never in the tests."""
