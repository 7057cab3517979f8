"""What a value of an indicator says against its target, and which entries are nonsense.

The rule for every shape of target (numbers are Decimals, years whole):

- "=": met when reached; exceeded when passed. Lower-is-better is mirrored.
- a range: met from its near end on; exceeded beyond its far end.
- ">" (trên): met when truly beyond; ">=" (từ … trở lên): met when reached. Such a target is open,
  so it is met and never exceeded.
- cumulative: the sum of the years of its period is compared; years without a value count as not
  yet known, and the target year is judged only when all are known or the sum suffices already.
- ratio: value divided by the value of the baseline year; without that value nothing is said.

Before the target year a value that does not suffice yet is prolonged in a straight line from the
first to the last known year (cumulative: at the mean of the known years): it is expected to be met
when the line reaches the target in time, and at risk otherwise. One known value makes no line.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from models.states import Judgement, ValueKind
from workflow.law.errors import Reason, Refusal

# A value further than this share from the last known one is asked back.
JUMP = Decimal("0.4")
FIRMNESS = {ValueKind.ESTIMATE: 0, ValueKind.PRELIMINARY: 1, ValueKind.FINAL: 2}


@dataclass(frozen=True, slots=True)
class Target:
    """One target as the document states it."""

    year: int
    op: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    text: str
    clause: str
    lower_is_better: bool = False
    period: tuple[int, int] | None = None
    baseline_year: int | None = None

    @property
    def near(self) -> Decimal:
        """The point from which it is met."""
        found = (self.high if self.lower_is_better else self.low) if self.op == "range" else None
        return found if found is not None else self.value or Decimal(0)

    @property
    def far(self) -> Decimal | None:
        """The point beyond which it is exceeded; None for open targets."""
        if self.op == "range":
            return self.low if self.lower_is_better else self.high
        return self.value if self.op == "=" else None

    @property
    def strict(self) -> bool:
        return self.op in (">", "<")

    def reached(self, value: Decimal) -> bool:
        """It suffices."""
        gap = self.near - value if self.lower_is_better else value - self.near
        return gap > 0 if self.strict else gap >= 0

    def passed(self, value: Decimal) -> bool:
        """More than was asked."""
        if self.far is None:
            return False
        return value < self.far if self.lower_is_better else value > self.far


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is said of an indicator against one target."""

    judgement: Judgement
    measured: Decimal | None = None
    year: int | None = None
    share: Decimal | None = None
    slope: Decimal | None = None
    projected: Decimal | None = None


def target_of(data: Mapping[str, object], year: str, parent: Mapping[str, object]) -> Target:
    """A target from the plan's own data; `parent` holds direction, period and baseline."""
    t = data
    baseline = parent.get("baseline")
    period = t.get("period")
    return Target(
        year=int(year),
        op=str(t["op"]),
        value=_decimal(t.get("value")),
        low=_decimal(t.get("low")),
        high=_decimal(t.get("high")),
        text=str(t.get("text", "")),
        clause=str(t.get("clause", "")),
        lower_is_better=parent.get("direction") == "lower",
        period=(int(period[0]), int(period[1])) if isinstance(period, Sequence) else None,
        baseline_year=int(baseline["year"]) if isinstance(baseline, Mapping) else None,
    )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def assess(target: Target, values: Mapping[int, Decimal], today_year: int) -> Assessment:
    """Say it. `values` are the known ones by year; `today_year` bounds what can be known."""
    known = {y: v for y, v in values.items() if y <= target.year}
    if target.period:
        return _cumulative(target, known, today_year)
    if target.baseline_year is not None:
        base = values.get(target.baseline_year)
        known = {y: v for y, v in known.items() if y != target.baseline_year}
        if not base or not known:
            return Assessment(Judgement.NOT_ENOUGH)
        known = {y: v / base for y, v in known.items()}
    if not known:
        return Assessment(Judgement.NOT_ENOUGH)
    last = max(known)
    value = known[last]
    share = _share(target, value)
    if target.reached(value):
        word = Judgement.EXCEEDED if target.passed(value) else Judgement.MET
        if last < target.year and today_year > target.year:
            # The year itself has gone by without a figure: what was before proves nothing.
            return Assessment(Judgement.NOT_ENOUGH, value, last, share)
        return Assessment(word, value, last, share)
    if last == target.year:
        return Assessment(Judgement.NOT_MET, value, last, share)
    if today_year > target.year:
        return Assessment(Judgement.NOT_ENOUGH, value, last, share)
    slope = (target.near - value) / (target.year - last)
    first = min(known)
    if first == last:
        return Assessment(Judgement.NOT_ENOUGH, value, last, share, slope)
    step = (value - known[first]) / (last - first)
    projected = value + step * (target.year - last)
    word = Judgement.EXPECTED if target.reached(projected) else Judgement.AT_RISK
    return Assessment(word, value, last, share, slope, projected)


def _cumulative(target: Target, values: Mapping[int, Decimal], today_year: int) -> Assessment:
    assert target.period is not None  # noqa: S101 (the caller looked)
    first, last = target.period
    inside = {y: v for y, v in values.items() if first <= y <= last}
    if not inside:
        return Assessment(Judgement.NOT_ENOUGH)
    total, newest = sum(inside.values(), Decimal(0)), max(inside)
    share = _share(target, total)
    if target.reached(total):
        word = Judgement.EXCEEDED if target.passed(total) else Judgement.MET
        return Assessment(word, total, newest, share)
    missing = last - first + 1 - len(inside)
    if not missing:
        return Assessment(Judgement.NOT_MET, total, newest, share)
    if today_year > last:
        return Assessment(Judgement.NOT_ENOUGH, total, newest, share)
    slope = (target.near - total) / missing
    projected = total / len(inside) * (last - first + 1)
    word = Judgement.EXPECTED if target.reached(projected) else Judgement.AT_RISK
    return Assessment(word, total, newest, share, slope, projected)


def _share(target: Target, value: Decimal) -> Decimal | None:
    """Percent of the target, mirrored for lower-is-better."""
    above, below = (target.near, value) if target.lower_is_better else (value, target.near)
    return None if not below else (above / below * 100).quantize(Decimal("0.1"))


# By what is measured; by (the lower the better, the bound itself is not enough); by the former.
MEASURED: dict[str, str] = {
    "value": "Giá trị",
    "period": "Tổng cả giai đoạn",
    "ratio": "Tỷ số so với năm %(year)s",
}
RULES: dict[tuple[bool, bool], str] = {
    (False, False): "%(what)s không thấp hơn %(near)s là đạt",
    (False, True): "%(what)s cao hơn %(near)s là đạt",
    (True, False): "%(what)s không cao hơn %(near)s là đạt",
    (True, True): "%(what)s thấp hơn %(near)s là đạt",
}
BEYOND: dict[bool, str] = {
    False: "%(rule)s; vượt khi cao hơn %(far)s",
    True: "%(rule)s; vượt khi thấp hơn %(far)s",
}


def rule_text(target: Target, translate: Callable[[str], str] = str) -> str:
    """The rule of this target in words, printed beside the verdict."""
    measured = "period" if target.period else "value"
    if target.baseline_year is not None:
        measured = "ratio"
    what = translate(MEASURED[measured]) % {"year": target.baseline_year}
    rule = translate(RULES[target.lower_is_better, target.strict])
    said = rule % {"what": what, "near": _vi(target.near)}
    if target.far is None:
        return said
    return translate(BEYOND[target.lower_is_better]) % {"rule": said, "far": _vi(target.far)}


def _vi(number: Decimal) -> str:
    whole = f"{number.normalize():,f}"
    return whole.replace(",", "\0").replace(".", ",").replace("\0", ".")


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What the law is told about an entry."""

    value: Decimal
    unit: str
    year: int
    kind: ValueKind
    today_year: int
    first_year: int
    end_year: int
    last_known: Decimal | None = None
    whole: Decimal | None = None
    parts: tuple[Decimal, ...] = ()
    is_correction: bool = False
    reason: str = ""
    jump_is_meant: bool = False


def check_entry(e: EntryFacts) -> list[Refusal]:
    """Everything that makes an entry nonsense, or asks it back."""
    found: list[Refusal] = []
    percent = e.unit == "%"
    if e.value < 0 or (percent and e.value > 100):
        limit = "0 – 100" if percent else "≥ 0"
        found.append(Refusal(Reason.OUT_OF_RANGE, {"limit": limit, "unit": e.unit}))
    if e.unit == "tuổi" and e.value > 120:
        found.append(Refusal(Reason.OUT_OF_RANGE, {"limit": "0 – 120", "unit": e.unit}))
    if e.unit == "lao động" and e.value != e.value.to_integral_value():
        found.append(Refusal(Reason.NOT_WHOLE, {"unit": e.unit}))
    if not e.first_year <= e.year <= min(e.end_year, e.today_year):
        last = min(e.end_year, e.today_year)
        found.append(Refusal(Reason.YEAR_OF_VALUE, {"first": str(e.first_year), "last": str(last)}))
    elif e.kind is ValueKind.FINAL and e.year >= e.today_year:
        found.append(Refusal(Reason.FINAL_TOO_EARLY, {"year": str(e.year)}))
    if e.whole is not None and e.value > e.whole:
        found.append(Refusal(Reason.MORE_THAN_WHOLE, {"whole": _vi(e.whole)}))
    if any(part > e.value for part in e.parts):
        found.append(Refusal(Reason.LESS_THAN_PART, {"part": _vi(max(e.parts))}))
    if e.is_correction and not e.reason.strip():
        found.append(Refusal(Reason.MISSING, {"field": "reason"}))
    if not found and e.last_known and not e.jump_is_meant:
        change = abs(e.value - e.last_known) / abs(e.last_known)
        if change > JUMP:
            found.append(
                Refusal(
                    Reason.JUMP,
                    {
                        "value": _vi(e.value),
                        "before": _vi(e.last_known),
                        "percent": _vi((change * 100).quantize(Decimal(1))),
                    },
                )
            )
    return found
