"""Imports every file of tables, so that the metadata is whole."""

from models import agency, cycle, person, plan, result, trail
from models.base import Base

metadata = Base.metadata

__all__ = ["agency", "cycle", "metadata", "person", "plan", "result", "trail"]
