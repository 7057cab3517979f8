"""Khen thưởng: campaigns, facts for and against, nominations and each step of their way."""
