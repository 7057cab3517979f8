"""The law: pure rules. Facts in, a next state or a refusal out; no clock, no session."""
