"""The score counted slowly, with loops, in plain sight: the law read aloud, sharing no code with ``scoring``.

It takes plain records (any objects with the fields of the tables) and answers with the shape of the machine output.
"""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

ORDER = ["on_time_reply", "completion", "satisfaction", "cooperation"]
MARKS = {"on_time_reply": 20, "completion": 25, "satisfaction": 35, "cooperation": 20}
DIMENSIONS = [["on_time_reply", "completion"], ["satisfaction"], ["cooperation"]]
CREDITS = {"on_time": Fraction(1), "late": Fraction(1, 2), "not_done": Fraction(0), "": Fraction(0)}


def half_up(value):
    # Two decimals are exact in a Decimal once the fraction has been cut far behind them and never ends on a half.
    thousandths = value * 1000
    if thousandths.denominator == 1:
        return (Decimal(thousandths.numerator) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    below = thousandths.numerator // thousandths.denominator
    return ((Decimal(below) + Decimal("0.5")) / 1000).quantize(Decimal("0.01"), ROUND_HALF_UP)


def count_replies(department, history, start, end):
    hits = population = 0
    for assignment in history["assignments"]:
        due = assignment.reply_due_at
        if assignment.organization_id != department.pk or due is None or not start <= due < end:
            continue
        if assignment.pk in history["excluded_assignments"]:
            continue
        ended_in_time = assignment.ended_at is not None and assignment.ended_at <= due
        if ended_in_time and assignment.replied_at is None:
            continue
        population += 1
        if assignment.replied_at is not None and assignment.replied_at <= due:
            hits += 1
    return Fraction(hits), population


def count_completions(department, history, start, end):
    hits = population = 0
    for assignment in history["assignments"]:
        due = assignment.complete_due_at
        if assignment.organization_id != department.pk or assignment.part != "lead":
            continue
        if due is None or not start <= due < end:
            continue
        if (
            assignment.pk in history["excluded_assignments"]
            or assignment.factor_request.ineligible_at is not None
        ):
            continue
        redone = assignment.end_reason == "redone"
        ended_in_time = assignment.ended_at is not None and assignment.ended_at <= due
        if ended_in_time and assignment.completed_at is None and not redone:
            continue
        population += 1
        if assignment.completed_at is not None and assignment.completed_at < end and not redone:
            hits += 1
    return Fraction(hits), population


def count_reviews(department, history, start, end):
    hits = population = 0
    for review in history["reviews"]:
        if review.assignment.organization_id != department.pk or review.pk in history["excluded_reviews"]:
            continue
        if start <= review.first_submitted_at < end:
            population += 1
            if review.rating in (3, 4, 5):
                hits += 1
    return Fraction(hits), population


def count_duties(department, history, first_day, end_day):
    hits, population = Fraction(0), 0
    for record in history["duty_records"]:
        if record.organization_id != department.pk or record.pk in history["excluded_duty_records"]:
            continue
        if first_day <= record.duty.due_on < end_day:
            population += 1
            hits += CREDITS[record.result]
    return hits, population


def count(department, history, period):
    return {
        "on_time_reply": count_replies(department, history, period.start, period.end),
        "completion": count_completions(department, history, period.start, period.end),
        "satisfaction": count_reviews(department, history, period.start, period.end),
        "cooperation": count_duties(department, history, period.first_day, period.end_day),
    }


def figures(department, history, period):
    """What is printed beside the score, without the call-backs; exclusions are not asked."""
    start, end = period.start, period.end
    leads = [a for a in history["assignments"] if a.organization_id == department.pk and a.part == "lead"]
    found = {"backlog": count_backlog(leads, end)}
    mine = [review for review in history["reviews"] if review.assignment.organization_id == department.pk]
    answered = [r.solved for r in mine if start <= r.first_submitted_at < end and r.solved]
    if answered:
        found["solved"] = [answered.count("yes"), len(answered)]
    done = [lead for lead in leads if lead.completed_at is not None and start <= lead.completed_at < end]
    if done:
        reviewed = {review.assignment.pk for review in mine}
        found["reviewed"] = [sum(lead.pk in reviewed for lead in done), len(done)]
        found["redone"] = [sum(lead.end_reason == "redone" for lead in done), len(done)]
    taken = [lead for lead in leads if start <= lead.assigned_at < end]
    if taken:
        own = [lead for lead in taken if lead.factor_request.filing.typed_for_id == department.pk]
        found["own_intake"] = [len(own), len(taken)]
    return found


def count_backlog(leads, end):
    backlog = 0
    for lead in leads:
        if lead.complete_due_at is None or lead.complete_due_at >= end:
            continue
        gone = [lead.completed_at, lead.ended_at, lead.factor_request.ineligible_at]
        if not any(moment is not None and moment < end for moment in gone):
            backlog += 1
    return backlog


def adjust(counted):
    """Move the marks of empty indicators, step by step as the law is written."""
    marks = {code: Fraction(MARKS[code]) for code in ORDER}
    homeless = Fraction(0)
    for dimension in DIMENSIONS:
        full = [code for code in dimension if counted[code][1]]
        empty = [code for code in dimension if not counted[code][1]]
        freed = sum((marks[code] for code in empty), Fraction(0))
        held = sum((marks[code] for code in full), Fraction(0))
        for code in empty:
            marks[code] = Fraction(0)
        if full:
            for code in full:
                marks[code] += freed * MARKS[code] / held
        else:
            homeless += freed
    remaining = sum(marks.values())
    exact = {code: mark + homeless * mark / remaining for code, mark in marks.items()}
    written = {code: half_up(mark) for code, mark in exact.items()}
    largest = ORDER[0]
    for code in ORDER:
        if exact[code] > exact[largest]:
            largest = code
    written[largest] += Decimal(100) - sum(written.values())
    return written


def text(hits):
    return str(hits.numerator) if hits.denominator == 1 else f"{hits.numerator // 2}.5"


def judge(department, counted):
    if not counted["on_time_reply"][1] and not counted["completion"][1]:
        lines = [
            {"indicator": code, "hits": text(counted[code][0]), "population": counted[code][1]}
            for code in ORDER
            if counted[code][1]
        ]
        return {"code": department.code, "name": department.name, "reason": "no_matters", "lines": lines}
    marks, lines, total = adjust(counted), [], Decimal(0)
    for code in ORDER:
        hits, population = counted[code]
        rate = hits / population if population else Fraction(0)
        points = half_up(Fraction(marks[code]) * rate)
        total += points
        flags = ["small_sample"] if 1 <= population <= 4 else []
        lines.append(
            {
                "indicator": code,
                "hits": text(hits),
                "population": population,
                "full_marks": f"{marks[code]:.2f}",
                "points": f"{points:.2f}",
                "flags": flags,
            }
        )
    return {
        "code": department.code,
        "name": department.name,
        "place": None,
        "total": f"{total:.2f}",
        "lines": lines,
    }


def month(departments, history, period):
    """Score every department and give out the places: 1, 1, 3."""
    judged = [
        (department, judge(department, count(department, history, period))) for department in departments
    ]
    return table(judged)


def table(judged):
    ranked = [(department, row) for department, row in judged if "total" in row]
    for _, row in ranked:
        row["place"] = 1 + sum(Decimal(other["total"]) > Decimal(row["total"]) for _, other in ranked)
    ranked.sort(key=lambda pair: (pair[1]["place"], pair[0].position, pair[0].code))
    apart = [pair for pair in judged if "total" not in pair[1]]
    apart.sort(key=lambda pair: (pair[0].position, pair[0].code))
    return {"departments": [row for _, row in ranked], "unranked": [row for _, row in apart]}
