"""Every table under one name, typed: reads and writes go through these, not through objects."""

from typing import cast

from sqlalchemy import MetaData, Table

from models.agency import Agency
from models.base import Base
from models.cycle import Cycle, CycleParty
from models.person import Membership, Person, PersonSession, SignInFailure
from models.plan import (
    AgencyGroup,
    CitedDocument,
    ConflictLink,
    GroupMember,
    Indicator,
    Plan,
    PlanConflict,
    PlanEdition,
    Section,
    Task,
    TaskParty,
    TaskVersion,
)
from models.result import (
    Attachment,
    Contribution,
    Document,
    ProgressUpdate,
    Report,
    ReportAttachment,
)
from models.trail import AuditEntry, Idempotency, OutboxEvent


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


metadata: MetaData = Base.metadata

AGENCY = _table(Agency)
AGENCY_GROUP = _table(AgencyGroup)
ATTACHMENT = _table(Attachment)
AUDIT_ENTRY = _table(AuditEntry)
CITED_DOCUMENT = _table(CitedDocument)
CONFLICT_LINK = _table(ConflictLink)
CONTRIBUTION = _table(Contribution)
CYCLE = _table(Cycle)
CYCLE_PARTY = _table(CycleParty)
DOCUMENT = _table(Document)
GROUP_MEMBER = _table(GroupMember)
IDEMPOTENCY = _table(Idempotency)
INDICATOR = _table(Indicator)
MEMBERSHIP = _table(Membership)
OUTBOX_EVENT = _table(OutboxEvent)
PERSON = _table(Person)
PERSON_SESSION = _table(PersonSession)
PLAN = _table(Plan)
PLAN_CONFLICT = _table(PlanConflict)
PLAN_EDITION = _table(PlanEdition)
PROGRESS_UPDATE = _table(ProgressUpdate)
REPORT = _table(Report)
REPORT_ATTACHMENT = _table(ReportAttachment)
SECTION = _table(Section)
SIGN_IN_FAILURE = _table(SignInFailure)
TASK = _table(Task)
TASK_PARTY = _table(TaskParty)
TASK_VERSION = _table(TaskVersion)
