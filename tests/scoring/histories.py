"""Generated histories: small, and crowded around every boundary that the law knows."""

from datetime import date, timedelta
from itertools import count

from hypothesis import strategies as st

from requests_desk.models import Assignment, FactorRequest, Filing, SatisfactionReview
from scoring.models import Duty, DutyRecord, Exclusion
from taian_factors.directory.models import Division, Factor
from tests.directory.factories import body, enterprise
from tests.scoring.factories import moment

MOMENTS = [
    moment("2023-05-31", "23:59:59"),
    moment("2023-06-01", "00:00:00"),
    moment("2023-06-13", "12:00:00"),
    moment("2023-06-13", "12:00:01"),
    moment("2023-06-30", "23:59:59"),
    moment("2023-07-01", "00:00:00"),
    moment("2023-07-31", "23:59:59"),
]
DAYS = [date(2023, 5, 31), date(2023, 6, 1), date(2023, 6, 30), date(2023, 7, 1), date(2023, 7, 31)]
# Three departments that compete, so that ties and empty populations are frequent, and two bodies that do not.
BODIES = ["FGW", "SPJ", "ZJJ", "B01", "TB-370902"]
EXCLUSIONS = ["none"] * 6 + ["upheld", "refused", "open"]
ENDS = ["reassigned", "handed_back", "redone", "withdrawn", "ineligible", "completed", "reopened"]

maybe = st.one_of(st.none(), st.sampled_from(MOMENTS))
assignments = st.fixed_dictionaries(
    {
        "body": st.sampled_from(BODIES),
        "part": st.sampled_from(["lead", "lead", "support"]),
        "reply_due_at": maybe,
        "replied_at": maybe,
        "complete_due_at": maybe,
        "completed_at": maybe,
        "ended_at": maybe,
        "end_reason": st.sampled_from(ENDS),
        "exclusion": st.sampled_from(EXCLUSIONS),
        "rating": st.one_of(st.none(), st.integers(1, 5)),
        "solved": st.sampled_from(["", "yes", "partly", "no"]),
        "submitted_at": st.sampled_from(MOMENTS),
        "review_exclusion": st.sampled_from(EXCLUSIONS),
    }
)
needs = st.fixed_dictionaries(
    {
        "ineligible_at": st.one_of(st.none(), st.none(), st.sampled_from(MOMENTS)),
        "typed_for": st.sampled_from([None, *BODIES]),
        "assignments": st.lists(assignments, min_size=1, max_size=3),
    }
)
duties = st.fixed_dictionaries(
    {
        "body": st.sampled_from(BODIES[:3]),
        "due_on": st.sampled_from(DAYS),
        "result": st.sampled_from(["on_time", "late", "not_done", ""]),
        "exclusion": st.sampled_from(EXCLUSIONS),
    }
)
histories = st.fixed_dictionaries(
    {"needs": st.lists(needs, max_size=12), "duties": st.lists(duties, max_size=6)}
)


def write(drawn):
    """Write a drawn history by bulk_create, and return it as plain lists for the oracle."""
    bodies = {code: body(code) for code in BODIES}
    owner, numbers = enterprise(), count(1)
    history = {"assignments": [], "reviews": [], "duty_records": []}
    rulings = []
    requests = [_need(drawn_need, owner, bodies, next(numbers)) for drawn_need in drawn["needs"]]
    Filing.objects.bulk_create(request.filing for request in requests)
    FactorRequest.objects.bulk_create(requests)
    for request, drawn_need in zip(requests, drawn["needs"], strict=True):
        last = len(drawn_need["assignments"]) - 1
        for place, item in enumerate(drawn_need["assignments"]):
            assignment = _assignment(request, bodies, item, place, may_run=place == last)
            history["assignments"].append(assignment)
            rulings.append(("assignment", assignment, item["exclusion"]))
            if item["rating"] is not None and item["part"] == "lead":
                review = SatisfactionReview(
                    number=f"PJ{next(numbers)}",
                    factor_request=request,
                    assignment=assignment,
                    rating=item["rating"],
                    solved=item["solved"],
                    first_submitted_at=item["submitted_at"],
                    is_historic=True,
                )
                history["reviews"].append(review)
                rulings.append(("review", review, item["review_exclusion"]))
    for item in drawn["duties"]:
        made = Duty(title=f"工作{next(numbers)}", due_on=item["due_on"], arranged_at=MOMENTS[0])
        judged_at = MOMENTS[0] if item["result"] else None
        record = DutyRecord(
            duty=made, organization=bodies[item["body"]], result=item["result"], judged_at=judged_at
        )
        history["duty_records"].append(record)
        rulings.append(("duty_record", record, item["exclusion"]))
    Assignment.objects.bulk_create(history["assignments"])
    SatisfactionReview.objects.bulk_create(history["reviews"])
    Duty.objects.bulk_create(record.duty for record in history["duty_records"])
    DutyRecord.objects.bulk_create(history["duty_records"])
    _rule(history, rulings)
    return history


def _need(drawn, owner, bodies, number):
    typed_for = bodies.get(drawn["typed_for"])
    filing = Filing(number=f"SB{number}", enterprise=owner, submitted_at=MOMENTS[0], typed_for=typed_for)
    return FactorRequest(
        filing=filing,
        number=f"YS{number}",
        enterprise=owner,
        division=Division.objects.get(code="370902"),
        factor=Factor.objects.order_by("position").first(),
        headline="示例需求",
        filed_at=MOMENTS[0],
        ineligible_at=drawn["ineligible_at"],
        state="assigned",
        is_historic=True,
    )


def _assignment(request, bodies, item, place, *, may_run):
    ended_at = item["ended_at"] or (None if may_run else MOMENTS[-1])
    return Assignment(
        factor_request=request,
        organization=bodies[item["body"]],
        assigned_at=MOMENTS[0] - timedelta(days=9 - place),
        ended_at=ended_at,
        end_reason=item["end_reason"] if ended_at else "",
        **{
            name: item[name]
            for name in ("part", "reply_due_at", "replied_at", "complete_due_at", "completed_at")
        },
    )


def _rule(history, rulings):
    for name in ("assignment", "review", "duty_record"):
        history[f"excluded_{name}s"] = {
            row.pk for kind, row, ruling in rulings if (kind, ruling) == (name, "upheld")
        }
    Exclusion.objects.bulk_create(
        Exclusion(
            **{kind: row},
            reason="重复",
            recorded_at=MOMENTS[-1],
            is_upheld={"upheld": True, "refused": False, "open": None}[ruling],
            decided_at=None if ruling == "open" else MOMENTS[-1],
            is_historic=True,
        )
        for kind, row, ruling in rulings
        if ruling != "none"
    )
