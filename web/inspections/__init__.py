"""The inspectors' folders: questions, notes and findings under one decision."""
