"""Commendation in the story: the interim round of 2023 - 2025, proposed and appraised."""

import random
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine

from models.states import AwardForm, CampaignKind, NomineeKind
from reports.awards import campaign_row, candidates
from workflow.commands.awards import Nominate, OpenCampaign, TakeStep
from workflow.law.awards import Step
from workflow.law.facts import SYSTEM

PLAN_CODE = "2940/KH-UBND"
STANDING, APPRAISER = "gd.so-ldtbxh", "td.so-noi-vu"
# Invented people: those who carried the work, then one who leads.
PEOPLE = (
    ("so-y-te", "Bà", "Nguyễn Thị Hạnh", "Chuyên viên", "Phòng Nghiệp vụ Y", False),
    ("so-gddt", "Ông", "Lê Minh Quân", "Chuyên viên", "Phòng Giáo dục thường xuyên", False),
    ("so-cong-thuong", "Bà", "Trần Kim Ngân", "Phó Trưởng phòng", "Phòng Quản lý thương mại", True),
)
WORK = "Trực tiếp tham mưu, theo dõi nhiệm vụ của Kế hoạch; cung cấp số liệu đầy đủ, đúng hạn."
HOW = "Chủ trì thực hiện nhiệm vụ của Kế hoạch đúng tiến độ, báo cáo đầy đủ."
COLLECTIVES = 3

Plan = Callable[[datetime, Callable[[datetime], None]], None]
Do = Callable[[Any, str, datetime], Mapping[str, Any]]
At = Callable[[date, random.Random], datetime]


def plan_awards(plan_act: Plan, do: Do, at: At, engine: Engine) -> None:
    """Put the round on the queue."""
    rng = random.Random("awards")  # noqa: S311  (a story, not a secret)

    def propose(now: datetime) -> None:
        opened = do(OpenCampaign(PLAN_CODE, CampaignKind.INTERIM, 2023, 2025), STANDING, now)
        campaign_id = int(str(opened["campaign_id"]))
        with engine.connect() as conn:
            found = candidates(conn, campaign_row(conn, SYSTEM, campaign_id), now)
        best = [c for c in found if c.qualifies and not c.row.is_asked and not c.row.is_standing]
        known = {c.code: c for c in found}
        made: list[int] = []
        for c in best[:COLLECTIVES]:
            command = Nominate(
                campaign_id, NomineeKind.COLLECTIVE, c.code, HOW, AwardForm.CERTIFICATE,
                c.plain(), now,
            )  # fmt: skip
            made.append(int(str(do(command, STANDING, now)["nomination_id"])))
        for code, salutation, name, post, unit, leads in PEOPLE:
            if code not in known:
                continue
            command = Nominate(
                campaign_id, NomineeKind.INDIVIDUAL, code, WORK, AwardForm.CERTIFICATE,
                known[code].plain(), now, name, salutation, post, unit, leads,
            )  # fmt: skip
            made.append(int(str(do(command, STANDING, now)["nomination_id"])))
        plan_act(at(date(2026, 1, 13), rng), lambda later: _appraise(do, made[:2], later))

    plan_act(at(date(2026, 1, 9), rng), propose)


def _appraise(do: Do, nominated: list[int], now: datetime) -> None:
    for nomination_id in nominated:
        do(TakeStep(nomination_id, Step.CLEAR), APPRAISER, now)
        opinion = "Hồ sơ đủ, số liệu khớp với hệ thống; đề nghị trình."
        do(TakeStep(nomination_id, Step.APPRAISE, opinion), APPRAISER, now)
