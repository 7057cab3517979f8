"""What anybody may know: the plan and four numbers."""
