"""What the ledger is searched in: one plain text per request, kept by the database, with an index for two characters.

It stands apart from the request, because a request changes with every move and its index would have to follow.
The enterprise's names and code are in it, so that one look-up answers; renaming an enterprise renews its texts.
"""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Func, TextField

from requests_desk.models.requests import FactorRequest
from taian_factors.directory.models import EnterpriseProfile, Organization

# ``search_text`` is made by the migration beside ``search_pieces``; each line of it is one thing that can be sought.
_TEXT = "search_text(r.headline, r.number, o.name, o.short, coalesce(p.credit_code, ''), r.story)"
_WITH_ENTERPRISE = """
    JOIN directory_organization o ON o.id = r.enterprise_id
    LEFT JOIN directory_enterpriseprofile p ON p.organization_id = o.id
"""
_RENEW = f"""
    UPDATE requests_desk_searchtext s SET text = {_TEXT}
    FROM requests_desk_factorrequest r {_WITH_ENTERPRISE}
    WHERE s.factor_request_id = r.id AND
"""  # noqa: S608 - only our own words

# The next portion of requests without a text, in the order of their numbers in the database.
WRITE_PORTION = f"""
    INSERT INTO requests_desk_searchtext (factor_request_id, text)
    SELECT r.id, {_TEXT}
    FROM (SELECT * FROM requests_desk_factorrequest q
          WHERE q.id > %s AND NOT EXISTS (SELECT FROM requests_desk_searchtext s WHERE s.factor_request_id = q.id)
          ORDER BY q.id LIMIT %s) AS r {_WITH_ENTERPRISE}
    ON CONFLICT DO NOTHING RETURNING factor_request_id
"""  # noqa: S608 - only our own words


def _renews(name: str, *, operation: pgtrigger.Operation, which: str, condition: str) -> pgtrigger.Trigger:
    """Return the trigger that writes the texts of ``which`` requests anew after a change that counts."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        condition=pgtrigger.Condition(condition) if condition else None,
        func=f"{_RENEW} {which}; RETURN NULL;",
    )


class Pieces(Func):
    """The pieces by which the index knows a text (``searching.pieces``)."""

    function = "search_pieces"
    output_field = ArrayField(TextField())


class SearchText(models.Model):
    """Everything of one request that can be sought, made plain (检索文本); written by triggers alone."""

    factor_request = models.OneToOneField(
        FactorRequest, models.CASCADE, primary_key=True, related_name="search_text", verbose_name="需求"
    )
    text = models.TextField("检索文本")

    class Meta:
        verbose_name = verbose_name_plural = "检索文本"
        indexes = [
            # A filing in some hundred pays for putting away what the others left in the pending list.
            GinIndex(Pieces("text"), name="search_by_pieces", gin_pending_list_limit=1024),
        ]

    def __str__(self) -> str:
        return self.text


class SoughtRequest(FactorRequest):
    """A request as the search sees it: bears the triggers that write its text."""

    class Meta:
        proxy = True
        triggers = [
            # In one statement for all new rows. A ledger of past years may hold a million, whose pieces take minutes
            # to put away: its texts follow in portions (``search_texts``).
            pgtrigger.Trigger(
                name="write_search_texts",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                referencing=pgtrigger.Referencing(new="fresh"),
                func=f"""
                    INSERT INTO requests_desk_searchtext (factor_request_id, text)
                    SELECT r.id, {_TEXT} FROM fresh r {_WITH_ENTERPRISE} WHERE NOT r.is_historic;
                    RETURN NULL;
                """,  # noqa: S608 - only our own words
            ),
            _renews(
                "renew_search_text",
                operation=pgtrigger.UpdateOf("headline", "story", "number", "enterprise_id"),
                which="r.id = NEW.id",
                condition="",
            ),
        ]


class SoughtEnterprise(Organization):
    """An enterprise as the search sees it: a new name is found at once."""

    class Meta:
        proxy = True
        triggers = [
            _renews(
                "renew_search_texts_of_a_name",
                operation=pgtrigger.UpdateOf("name", "short"),
                which="r.enterprise_id = NEW.id",
                condition="OLD.name <> NEW.name OR OLD.short <> NEW.short",
            )
        ]


class SoughtProfile(EnterpriseProfile):
    """An enterprise's profile as the search sees it: a credit code that comes later is found at once."""

    class Meta:
        proxy = True
        triggers = [
            _renews(
                "renew_search_texts_of_a_code",
                operation=pgtrigger.UpdateOf("credit_code") | pgtrigger.Insert,
                which="r.enterprise_id = NEW.organization_id",
                condition="",
            )
        ]
