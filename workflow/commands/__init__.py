"""One file per noun, one dataclass and one handler per verb; importing this registers them all."""
