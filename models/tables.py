"""Every table under one name, typed: reads and writes go through these, not through objects."""

from typing import cast

from sqlalchemy import MetaData, Table

from models.agency import Agency
from models.award import AwardCampaign, AwardCriterion, Nomination
from models.base import Base
from models.calendar import CalendarDay, CalendarFeed, Outage
from models.cycle import Cycle, CycleParty
from models.indicator import IndicatorValue
from models.ledger import (
    FindingEntry,
    Inspection,
    InspectionFinding,
    InspectionNote,
    InspectionQuestion,
    LedgerCheck,
    LedgerCheckpoint,
    LedgerPlace,
    LedgerTile,
)
from models.notification import (
    Alert,
    CycleSpan,
    LadderRung,
    LadderTick,
    MailChoice,
    Message,
    Notice,
)
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
    TypedWords,
)
from models.review import Review
from models.trail import AuditEntry, AuditWords, Idempotency, OutboxEvent
from models.urging import Explanation, Extension, Flag, SupportRequest, Urging
from models.view import SavedView
from models.webhook import Webhook, WebhookCall
from models.yearwork import AgencyReport, AnnualPlan, BudgetLine


def _table(model: type[Base]) -> Table:
    return cast(Table, model.__table__)


metadata: MetaData = Base.metadata

AGENCY = _table(Agency)
AGENCY_GROUP = _table(AgencyGroup)
ALERT = _table(Alert)
ATTACHMENT = _table(Attachment)
AUDIT_ENTRY = _table(AuditEntry)
AUDIT_WORDS = _table(AuditWords)
CALENDAR_DAY = _table(CalendarDay)
CALENDAR_FEED = _table(CalendarFeed)
CITED_DOCUMENT = _table(CitedDocument)
CONFLICT_LINK = _table(ConflictLink)
CONTRIBUTION = _table(Contribution)
CYCLE = _table(Cycle)
CYCLE_PARTY = _table(CycleParty)
CYCLE_SPAN = _table(CycleSpan)
DOCUMENT = _table(Document)
EXPLANATION = _table(Explanation)
EXTENSION = _table(Extension)
FINDING_ENTRY = _table(FindingEntry)
FLAG = _table(Flag)
GROUP_MEMBER = _table(GroupMember)
IDEMPOTENCY = _table(Idempotency)
INDICATOR = _table(Indicator)
INDICATOR_VALUE = _table(IndicatorValue)
INSPECTION = _table(Inspection)
INSPECTION_FINDING = _table(InspectionFinding)
INSPECTION_NOTE = _table(InspectionNote)
INSPECTION_QUESTION = _table(InspectionQuestion)
LADDER_RUNG = _table(LadderRung)
LADDER_TICK = _table(LadderTick)
LEDGER_CHECK = _table(LedgerCheck)
LEDGER_CHECKPOINT = _table(LedgerCheckpoint)
LEDGER_PLACE = _table(LedgerPlace)
LEDGER_TILE = _table(LedgerTile)
MAIL_CHOICE = _table(MailChoice)
MEMBERSHIP = _table(Membership)
MESSAGE = _table(Message)
NOTICE = _table(Notice)
OUTAGE = _table(Outage)
OUTBOX_EVENT = _table(OutboxEvent)
PERSON = _table(Person)
PERSON_SESSION = _table(PersonSession)
PLAN = _table(Plan)
PLAN_CONFLICT = _table(PlanConflict)
PLAN_EDITION = _table(PlanEdition)
PROGRESS_UPDATE = _table(ProgressUpdate)
REPORT = _table(Report)
REPORT_ATTACHMENT = _table(ReportAttachment)
SAVED_VIEW = _table(SavedView)
SECTION = _table(Section)
SIGN_IN_FAILURE = _table(SignInFailure)
SUPPORT_REQUEST = _table(SupportRequest)
TASK = _table(Task)
TASK_PARTY = _table(TaskParty)
TASK_VERSION = _table(TaskVersion)
TYPED_WORDS = _table(TypedWords)
URGING = _table(Urging)
AGENCY_REPORT = _table(AgencyReport)
ANNUAL_PLAN = _table(AnnualPlan)
AWARD_CAMPAIGN = _table(AwardCampaign)
AWARD_CRITERION = _table(AwardCriterion)
BUDGET_LINE = _table(BudgetLine)
NOMINATION = _table(Nomination)
REVIEW = _table(Review)
WEBHOOK = _table(Webhook)
WEBHOOK_CALL = _table(WebhookCall)
