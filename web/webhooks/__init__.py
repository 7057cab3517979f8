"""Systems that are told: where news of the plan is posted to."""
