"""The verbs of the table of moves, one function each.

Keyword-only, atomic, given ``actor`` and ``at``. Each begins with ``begin`` (which may raise NotAllowedError or
WrongStateError), adds what the table cannot say as a guard (RefusedError, in Chinese, naming the field), and
ends with one ``move``. Each returns its event; the request that was passed is up to date.
"""

from requests_desk.transitions.answering import Answer, complete, reply
from requests_desk.transitions.arriving import accept, reconsider, refile, refuse, send_back, withdraw
from requests_desk.transitions.assigning import assign, reassign
from requests_desk.transitions.closing import (
    confirm,
    declare_ineligible,
    redo,
    reopen,
    write_off,
    write_off_by_case,
)
from requests_desk.transitions.hard import award, close_call, conclude, convene, open_call

__all__ = [
    "Answer",
    "accept",
    "assign",
    "award",
    "close_call",
    "complete",
    "conclude",
    "confirm",
    "convene",
    "declare_ineligible",
    "open_call",
    "reassign",
    "reconsider",
    "redo",
    "refile",
    "refuse",
    "reopen",
    "reply",
    "send_back",
    "withdraw",
    "write_off",
    "write_off_by_case",
]
