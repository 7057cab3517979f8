"""The log a sceptic can check: tree, checkpoints, receipts, the sealer and the verifiers."""
