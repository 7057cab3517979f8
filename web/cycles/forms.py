"""What the forms of a cycle hold, and the command each of them makes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from models.states import (
    Capacity,
    FlagKind,
    Quality,
    ReasonClass,
    UrgeLevel,
    Verdict,
)
from web.forms import (
    DOCUMENT_FIELDS,
    LONGEST_TEXT,
    Day,
    DocumentForm,
    Form,
    MaybeWords,
    OptionalDay,
    OptionalWhole,
    Ticked,
    Whole,
    Words,
)
from workflow.commands import cycles, dispositions, extensions, results, urging

LINE = 200

Line = Annotated[Words, Field(max_length=LINE)]
Prose = Annotated[Words, Field(max_length=LONGEST_TEXT)]
MaybeLine = Annotated[MaybeWords, Field(max_length=LINE)]
MaybeProse = Annotated[MaybeWords, Field(max_length=LONGEST_TEXT)]


def _none_if_unchosen(value: Any) -> Any:
    return None if value == "" else value


class CycleForm(Form):
    """A form about one cycle. `back` brings a verifier back to his queue or his review."""

    back: Literal["", "verify", "review"] = ""

    def command(self, cycle_id: int) -> Any:
        """What is asked of the door."""
        raise NotImplementedError


class Accept(CycleForm):
    focal_person: Line

    def command(self, cycle_id: int) -> cycles.AcceptTask:
        return cycles.AcceptTask(cycle_id, self.focal_person, self.seen_version)


class Decline(DocumentForm, CycleForm):
    reason: Prose

    def command(self, cycle_id: int) -> cycles.DeclineTask:
        return cycles.DeclineTask(cycle_id, self.reason, self.document(), self.seen_version)


class AnswerDecline(CycleForm):
    reason: Prose

    words: ClassVar[Mapping[str, str]] = {"reason": "nội dung trả lời"}

    def command(self, cycle_id: int) -> cycles.AnswerDecline:
        return cycles.AnswerDecline(cycle_id, self.reason, self.seen_version)


class Progress(CycleForm):
    percent: Annotated[Whole, Field(ge=0, le=100)]
    text: Prose

    def command(self, cycle_id: int) -> cycles.UpdateProgress:
        return cycles.UpdateProgress(cycle_id, self.percent, self.text, self.seen_version)


class Contribution(CycleForm):
    text: Prose

    words: ClassVar[Mapping[str, str]] = {"text": "nội dung phối hợp"}

    def command(self, cycle_id: int) -> cycles.Contribute:
        return cycles.Contribute(cycle_id, self.text)


class Deadline(CycleForm):
    due_on: Day
    reason: Prose

    def command(self, cycle_id: int) -> cycles.SetDeadline:
        return cycles.SetDeadline(cycle_id, self.due_on, self.reason, self.seen_version)


class Withdraw(CycleForm):
    reason: Prose

    def command(self, cycle_id: int) -> results.WithdrawReport:
        return results.WithdrawReport(cycle_id, self.reason, self.seen_version)


class Appraise(CycleForm):
    verdict: Annotated[Verdict | None, BeforeValidator(_none_if_unchosen)] = None
    note: MaybeProse = ""

    def command(self, cycle_id: int) -> results.AppraiseReport:
        return results.AppraiseReport(cycle_id, self.verdict, self.note, self.seen_version)


class Return(CycleForm):
    reason: Prose
    missing: Prose
    resend_by: Day

    def command(self, cycle_id: int) -> results.ReturnReport:
        return results.ReturnReport(
            cycle_id, self.reason, self.missing, self.resend_by, self.seen_version
        )


class Verify(CycleForm):
    quality: Annotated[Quality | None, BeforeValidator(_none_if_unchosen)] = None
    note: MaybeProse = ""

    def command(self, cycle_id: int) -> results.VerifyResult:
        return results.VerifyResult(cycle_id, self.quality, self.note, self.seen_version)


class Complete(DocumentForm, CycleForm):
    def command(self, cycle_id: int) -> cycles.CompleteCycle:
        return cycles.CompleteCycle(cycle_id, self.document(), self.seen_version)


class Reopen(DocumentForm, CycleForm):
    reason: Prose

    def command(self, cycle_id: int) -> cycles.ReopenCycle:
        return cycles.ReopenCycle(cycle_id, self.reason, self.document(), self.seen_version)


class Report(DocumentForm, CycleForm):
    """The report as sent: complete, by the head."""

    result: Prose
    product: Prose
    figures: MaybeProse = ""
    difficulties: MaybeProse = ""
    proposals: MaybeProse = ""

    def command(self, cycle_id: int) -> results.ReportResult:
        return results.ReportResult(
            cycle_id,
            result=self.result,
            product=self.product,
            document=self.document(),
            difficulties=self.difficulties,
            proposals=self.proposals,
            figures=self.figures,
            capacity=self.document_capacity,
            seen_version=self.seen_version,
        )


REPORT_FIELDS = (*results.WORDS, *DOCUMENT_FIELDS)


class Draft(Form):
    """The report as typed so far: anything may still be missing. `then` says what comes next."""

    result: MaybeProse = ""
    product: MaybeProse = ""
    figures: MaybeProse = ""
    difficulties: MaybeProse = ""
    proposals: MaybeProse = ""
    document_notation: MaybeLine = ""
    document_issued_on: MaybeLine = ""
    document_signer_name: MaybeLine = ""
    document_signer_post: MaybeLine = ""
    document_capacity: Capacity = Capacity.HEAD
    document_authorization: MaybeLine = ""
    document_authorization_until: MaybeLine = ""
    secrecy: Literal["", "no", "yes"] = ""
    seen_draft: OptionalWhole = None
    then: Literal["stay", "check", "present", "copy"] = "stay"
    detach: OptionalWhole = None

    def typed(self) -> dict[str, str]:
        """The words of the report and of its document, as typed."""
        return {name: str(getattr(self, name)) for name in REPORT_FIELDS}

    def command(self, cycle_id: int) -> results.SaveDraft:
        document = tuple(
            (name.removeprefix("document_"), str(getattr(self, name))) for name in DOCUMENT_FIELDS
        )
        return results.SaveDraft(
            cycle_id,
            self.result,
            self.product,
            self.difficulties,
            self.proposals,
            document,
            self.seen_draft,
            self.figures,
        )


class AskExtension(DocumentForm, CycleForm):
    due_on: Day
    reason_class: ReasonClass
    reason: Prose

    def command(self, cycle_id: int) -> extensions.AskExtension:
        return extensions.AskExtension(
            cycle_id,
            self.due_on,
            self.reason_class,
            self.reason,
            self.document(),
            self.seen_version,
        )


class DecideExtension(DocumentForm, CycleForm):
    """The day asked for is granted, another that is named, or none."""

    decision: Literal["grant", "refuse"]
    granted_due_on: OptionalDay = None
    reason: Prose

    words: ClassVar[Mapping[str, str]] = {"reason": "ý kiến", "granted_due_on": "hạn mới"}

    def command(self, cycle_id: int) -> extensions.DecideExtension:
        return extensions.DecideExtension(
            cycle_id,
            self.decision == "grant",
            self.reason,
            self.document(),
            self.granted_due_on,
            self.seen_version,
        )


class ExtendLate(DocumentForm, CycleForm):
    due_on: Day
    reason_class: ReasonClass
    reason: Prose

    def command(self, cycle_id: int) -> extensions.ExtendLate:
        return extensions.ExtendLate(
            cycle_id,
            self.due_on,
            self.reason_class,
            self.reason,
            self.document(),
            self.seen_version,
        )


class Hold(DocumentForm, CycleForm):
    reason: Prose

    def command(self, cycle_id: int) -> dispositions.HoldCycle:
        return dispositions.HoldCycle(cycle_id, self.reason, self.document(), self.seen_version)


class Resume(DocumentForm, CycleForm):
    reason: Prose
    new_due_on: OptionalDay = None

    words: ClassVar[Mapping[str, str]] = {"new_due_on": "hạn mới"}

    def command(self, cycle_id: int) -> dispositions.ResumeCycle:
        return dispositions.ResumeCycle(
            cycle_id, self.reason, self.document(), self.new_due_on, self.seen_version
        )


class End(DocumentForm, CycleForm):
    reason: Prose

    def command(self, cycle_id: int) -> dispositions.EndCycle:
        return dispositions.EndCycle(cycle_id, self.reason, self.document(), self.seen_version)


class Transfer(DocumentForm, CycleForm):
    new_lead: Line
    stays_supporting: Ticked = False
    reason: Prose

    words: ClassVar[Mapping[str, str]] = {"new_lead": "cơ quan chủ trì mới"}

    def command(self, cycle_id: int) -> dispositions.TransferLead:
        return dispositions.TransferLead(
            cycle_id,
            self.new_lead,
            self.reason,
            self.document(),
            self.stays_supporting,
            self.seen_version,
        )


class Urge(CycleForm):
    level: UrgeLevel
    text: Prose
    answer_by: Day

    words: ClassVar[Mapping[str, str]] = {"text": "nội dung đôn đốc"}

    def command(self, cycle_id: int) -> urging.Urge:
        return urging.Urge(cycle_id, self.level, self.text, self.answer_by)


class AskExplanation(CycleForm):
    text: Prose
    answer_by: Day

    words: ClassVar[Mapping[str, str]] = {"text": "nội dung yêu cầu giải trình"}

    def command(self, cycle_id: int) -> urging.AskExplanation:
        return urging.AskExplanation(cycle_id, self.text, self.answer_by, self.seen_version)


class Explain(CycleForm):
    text: Prose

    words: ClassVar[Mapping[str, str]] = {"text": "nội dung giải trình"}

    def command(self, cycle_id: int) -> urging.Explain:
        return urging.Explain(cycle_id, self.text, self.seen_version)


class RaiseFlag(CycleForm):
    kind: FlagKind
    reason: Prose

    def command(self, cycle_id: int) -> urging.RaiseFlag:
        return urging.RaiseFlag(cycle_id, self.kind, self.reason)


class LowerFlag(CycleForm):
    kind: FlagKind
    reason: Prose

    def command(self, cycle_id: int) -> urging.LowerFlag:
        return urging.LowerFlag(cycle_id, self.kind, self.reason)


class AskSupport(CycleForm):
    agency_code: Line
    text: Prose
    answer_by: Day

    def command(self, cycle_id: int) -> urging.AskSupport:
        return urging.AskSupport(cycle_id, self.agency_code, self.text, self.answer_by)


class NoteSilence(CycleForm):
    agency_code: Line
    text: Prose

    def command(self, cycle_id: int) -> urging.NoteSilence:
        return urging.NoteSilence(cycle_id, self.agency_code, self.text)
