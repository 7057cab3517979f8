"""A document that is brought to an act which is none of a cycle: the same rules as there."""

from datetime import date

from models.states import CycleState
from workflow.law import rules
from workflow.law.errors import Refusal
from workflow.law.facts import STRANGER, CycleFacts, Details, DocumentFacts

_NO_CYCLE = CycleFacts(0, CycleState.ASSIGNED, lead_agency_id=0, standing_agency_id=0)


def faults(document: DocumentFacts, today: date) -> list[Refusal]:
    """What it lacks: number, symbol, signer, a day that has come, and what TUQ. needs.

    NĐ 30/2020/NĐ-CP Điều 13: who signs by authorisation has one in writing, for a limited time.
    """
    brought = Details(document=document)
    asked = (rules.document, rules.signer)
    return [found for rule in asked if (found := rule(STRANGER, _NO_CYCLE, brought, today))]
