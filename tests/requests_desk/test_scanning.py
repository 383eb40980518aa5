"""Quarantine until clean: a real TCP peer finds EICAR, is down, hangs up, and comes back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_desk import drafting, scanning
from requests_desk.filetypes import Paper
from requests_desk.models import Attachment, Delivery, Filing
from taian_factors.directory.actors import Actor
from tests.processes import free_port
from tests.requests_desk import factories as desk
from tests.requests_desk.clamd_peer import EICAR, STREAM_LIMIT, daemon

pytestmark = pytest.mark.django_db
SICK = desk.PDF.replace(b"trailer", b"% " + EICAR + b"\ntrailer")


def address(server) -> str:
    return f"tcp://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def draft(enterprise: Actor) -> Filing:
    return desk.draft(enterprise, "TD")


def laid(draft: Filing, owner: Actor, at, name: str = "红线图.pdf", content: bytes = desk.PDF) -> Attachment:
    return drafting.attach(draft, paper=desk.paper(name, content), need="1", actor=owner, at=at)


def status(client: Client, paper: Attachment) -> int:
    return client.get(reverse("requests_desk:paper", args=[paper.pk])).status_code


def test_nothing_is_handed_out_before_it_was_found_clean(draft, enterprise, as_enterprise, at, settings):
    well, sick = laid(draft, enterprise, at), laid(draft, enterprise, at, "有毒.pdf", SICK)
    with daemon() as peer:
        settings.CLAMAV_URL = address(peer)
        page = as_enterprise.get(reverse("requests_desk:file_needs", args=[draft.pk])).content.decode()
        assert page.count("扫描中") == 2
        assert (status(as_enterprise, well), status(as_enterprise, sick)) == (403, 403)
        assert scanning.scan_waiting(at=at) == 2
        assert peer.seen == [desk.PDF, SICK]
    assert (status(as_enterprise, well), status(as_enterprise, sick)) == (200, 403)
    sick.refresh_from_db()
    assert (sick.scan, sick.finding, sick.scanned_at) == ("blocked", "Win.Test.EICAR_HDB-1", at)
    page = as_enterprise.get(reverse("requests_desk:file_needs", args=[draft.pk])).content.decode()
    assert "已拦截" in page
    assert "请换一份再上传" in page
    assert "扫描中" not in page


def test_who_handed_in_what_is_blocked_is_told_once(draft, enterprise, stranger, as_enterprise, at, settings):
    laid(draft, enterprise, at), laid(draft, enterprise, at, "有毒.pdf", SICK)
    with daemon() as peer:
        settings.CLAMAV_URL = address(peer)
        scanning.scan_waiting(at=at)
        Attachment.objects.filter(scan="blocked").update(scan="waiting")
        scanning.scan_waiting(at=at)
    (notice,) = Delivery.objects.at_the_bell().filter(user=enterprise.user)
    assert notice.text == "附件“有毒.pdf”没有通过病毒扫描，已拦截，承办单位看不到。请换一份再上传。"
    assert as_enterprise.get(notice.url).status_code == 200
    assert not Delivery.objects.filter(user=stranger.user).exists()


def test_while_the_scanner_is_down_papers_stay_in_quarantine_and_later_they_are_scanned(
    draft, enterprise, as_enterprise, at, settings
):
    port = free_port()
    settings.CLAMAV_URL = f"tcp://127.0.0.1:{port}"
    paper = laid(draft, enterprise, at)
    assert scanning.scan_waiting(at=at) == 0
    assert status(as_enterprise, paper) == 403
    with daemon(port):
        assert scanning.scan_waiting(at=at) == 1
        assert scanning.scan_waiting(at=at) == 0
    assert status(as_enterprise, paper) == 200


@pytest.mark.parametrize(
    "answer", [b"", b"stream: something else", b"stream: OK and more", b"UNKNOWN COMMAND"]
)
def test_what_is_no_verdict_is_never_taken_for_clean(answer, draft, enterprise, as_enterprise, at, settings):
    paper = laid(draft, enterprise, at)
    with daemon(answer=lambda content: answer) as peer:
        settings.CLAMAV_URL = address(peer)
        assert scanning.scan_waiting(at=at) == 0
    assert status(as_enterprise, paper) == 403


def test_one_file_that_cannot_be_scanned_holds_up_no_other(draft, enterprise, at, settings):
    huge = Paper("大.pdf", "pdf", desk.PDF + bytes(STREAM_LIMIT))
    stuck = drafting.attach(draft, paper=huge, need="1", actor=enterprise, at=at)
    other = laid(draft, enterprise, at)
    with daemon() as peer:
        settings.CLAMAV_URL = address(peer)
        assert scanning.scan_waiting(at=at) == 1
    assert set(Attachment.objects.to_scan()) == {stuck}
    assert other.pk not in Attachment.objects.to_scan().values_list("pk", flat=True)


def test_an_upload_is_scanned_at_once(draft, as_enterprise, settings, django_capture_on_commit_callbacks):
    with daemon() as peer:
        settings.CLAMAV_URL = address(peer)
        with django_capture_on_commit_callbacks(execute=True):
            sent = {"papers1": SimpleUploadedFile("红线图.pdf", desk.PDF)}
            as_enterprise.post(reverse("requests_desk:file_needs", args=[draft.pk]), sent)
    assert draft.attachments.get().scan == Attachment.Scan.CLEAN


def test_without_a_scanner_papers_are_handed_out_and_the_pages_say_so(
    draft, enterprise, as_enterprise, at, settings
):
    settings.CLAMAV_URL = ""
    paper = laid(draft, enterprise, at)
    assert scanning.scan_waiting(at=at) == 0
    assert (paper.scan_word, status(as_enterprise, paper)) == ("未扫描", 200)
    page = as_enterprise.get(reverse("requests_desk:file_needs", args=[draft.pk])).content.decode()
    assert "本平台目前不作病毒扫描" in page
    settings.CLAMAV_URL = "tcp://127.0.0.1:1"
    assert status(as_enterprise, paper) == 403, "once there is a scanner, what it has not seen waits for it"
