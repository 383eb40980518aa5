"""The competition: rules, duties, runs and what follows from them."""

from scoring.models.appeals import REASONS, Appeal, Exclusion
from scoring.models.bulletins import Bulletin, BulletinFile, BulletinVersion
from scoring.models.duties import Duty, DutyRecord, FormerDutyRecord
from scoring.models.rules import RuleVersion
from scoring.models.runs import CountedInput, Scorecard, ScoreLine, ScoringRun
from scoring.models.steps import RunStep

__all__ = [
    "REASONS",
    "Appeal",
    "Bulletin",
    "BulletinFile",
    "BulletinVersion",
    "CountedInput",
    "Duty",
    "DutyRecord",
    "Exclusion",
    "FormerDutyRecord",
    "RuleVersion",
    "RunStep",
    "ScoreLine",
    "Scorecard",
    "ScoringRun",
]
