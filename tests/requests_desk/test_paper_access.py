"""Every paper × the whole cast: through its request or not at all, each fetching on record."""

import hashlib

import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from requests_desk import drafting
from requests_desk.models import Attachment, AttachmentDownload, FactorRequest
from taian_factors.directory.actors import Actor
from tests.requests_desk import factories as desk

CAST = [
    "office_clerk", "office_lead", "office_auditor", "department_clerk", "department_lead", "other_department",
    "bank", "county_office", "chain_team", "enterprise", "stranger",
]  # fmt: skip
OFFICE = {"office_clerk", "office_lead", "office_auditor"}
BODIES = OFFICE | {"department_clerk", "department_lead", "county_office", "chain_team"}
SEEN_BY = {
    "beside a need of a draft": {"enterprise"},
    "beside a whole draft": {"enterprise"},
    "in a draft that staff write": {"office_clerk", "office_lead", "office_auditor"},
    "taken away": set(),
    "in a draft that was put away": set(),
    "of the land request": BODIES | {"enterprise"},
    "of the finance request": OFFICE | {"bank", "county_office", "chain_team", "enterprise"},
    "of the whole filing": BODIES | {"bank", "enterprise"},
    "of a department's reply": BODIES | {"enterprise"},
    "kept among the bodies": BODIES,
}


@pytest.fixture
def papers(enterprise: Actor, office_clerk: Actor, at) -> dict[str, Attachment]:
    """One paper of each kind. The department leads land, the bank finance, nobody of them both."""

    def laid(draft, need: str) -> Attachment:
        return drafting.attach(draft, paper=desk.paper(), need=need, actor=enterprise, at=at)

    owner = enterprise.organization
    land = desk.assigned("TD", enterprise=owner)
    money = desk.assigned("JR", lead="B01", enterprise=owner)
    FactorRequest.objects.filter(pk=money.pk).update(filing=land.filing)
    money.refresh_from_db()
    draft, away = desk.draft(enterprise, "TD"), desk.draft(enterprise, "TD")
    found = {"beside a need of a draft": laid(draft, "1"), "beside a whole draft": laid(draft, "")}
    found["in a draft that was put away"] = laid(away, "")
    drafting.discard_draft(away, actor=enterprise)
    gone = laid(desk.draft(enterprise), "")
    drafting.detach(gone.filing, attachment=gone.pk, actor=enterprise, at=at)
    theirs = desk.draft_for(owner, office_clerk, at=at)
    found["in a draft that staff write"] = drafting.attach(
        theirs, paper=desk.paper(), need="", actor=office_clerk, at=at
    )
    whole = desk.supplemented(land)
    Attachment.objects.filter(pk=whole.pk).update(factor_request=None, event=None)
    department = desk.acting("ZGJ")
    return found | {
        "taken away": gone,
        "of the land request": desk.supplemented(land),
        "of the finance request": desk.supplemented(money),
        "of the whole filing": whole,
        "of a department's reply": desk.supplemented(land, by=department),
        "kept among the bodies": desk.supplemented(land, by=department, is_internal=True),
    }


def address(paper: Attachment) -> str:
    return reverse("requests_desk:paper", args=[paper.pk])


def test_each_paper_is_handed_to_whom_its_request_is_shown_and_to_nobody_else(
    papers, request, client: Client
):
    assert set(papers) == set(SEEN_BY)
    found: dict[str, set[str]] = {name: set() for name in papers}
    for who in CAST:
        theirs = request.getfixturevalue(f"as_{who}")
        for name, paper in papers.items():
            status = theirs.get(address(paper)).status_code
            assert status in {200, 404}, (who, name)
            found[name] |= {who} if status == 200 else set()
    assert found == SEEN_BY
    fetched = {(d.attachment_id, d.user.name) for d in AttachmentDownload.objects.select_related("user")}
    cast = {who: request.getfixturevalue(who).user.name for who in CAST}
    assert fetched == {(papers[name].pk, cast[who]) for name, seen in SEEN_BY.items() for who in seen}
    assert {client.get(address(paper)).status_code for paper in papers.values()} == {302}


def test_a_paper_comes_as_a_file_and_never_as_a_page(as_enterprise: Client, enterprise: Actor):
    paper = desk.supplemented(desk.filed(enterprise=enterprise.organization))
    answer = as_enterprise.get(address(paper))
    assert answer.content == desk.PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer["Cache-Control"]
    assert as_enterprise.post(address(paper)).status_code == 405


def test_a_paper_lies_under_a_name_that_says_nothing(enterprise: Actor):
    paper = desk.supplemented(desk.filed(enterprise=enterprise.organization))
    with storages["attachments"].open(paper.stored_as) as kept:
        assert hashlib.sha256(kept.read()).hexdigest() == paper.digest
    folder, _, token = paper.stored_as.partition("/")
    assert (len(folder), len(token)) == (2, 32)


def test_the_office_reads_on_the_request_who_fetched_what(
    as_office_clerk: Client, as_enterprise: Client, as_department_clerk: Client, enterprise: Actor
):
    request = desk.assigned(enterprise=enterprise.organization)
    as_department_clerk.get(address(desk.supplemented(request)))
    show = reverse("requests_desk:show", args=[request.number])
    assert "下载记录" in as_office_clerk.get(show).content.decode()
    assert "下载记录" not in as_enterprise.get(show).content.decode()
    assert "下载记录" not in as_department_clerk.get(show).content.decode()


def test_the_log_of_fetching_cannot_be_changed(as_enterprise: Client, enterprise: Actor, at):
    as_enterprise.get(address(desk.supplemented(desk.filed(enterprise=enterprise.organization))))
    written = AttachmentDownload.objects.get()
    with pytest.raises(DatabaseError), transaction.atomic():
        written.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AttachmentDownload.objects.update(at=at)
