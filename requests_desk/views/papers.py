"""Papers: laid beside a draft's needs, taken away from it, and handed out to whoever may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from requests_desk import drafting
from requests_desk.filetypes import ACCEPT, MIME
from requests_desk.forms import drafts
from requests_desk.forms.papers import looked_through, wanted
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.keeping import fetch
from requests_desk.models import Attachment, FactorRequest, Filing
from requests_desk.opening import readable
from taian_factors.directory.tasks import hurry
from taian_factors.lib.clock import now

Problems = Mapping[str, Sequence[str]]
WHOLE = ""  # papers of a filing as a whole


@dataclass(frozen=True)
class Sent:
    """What came with a form: beside which needs, and what was not taken in there."""

    needs: set[str] = field(default_factory=set)
    problems: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Block:
    """What stands beside one need of a draft (or beside the whole of it)."""

    need: str
    papers: list[Attachment]
    problems: Sequence[str]
    alike: Sequence[FactorRequest]
    accept = ACCEPT

    @property
    def wanted(self) -> str:
        """What may be laid here."""
        return wanted()

    @property
    def is_scanned(self) -> bool:
        """Whether a virus scanner is set up."""
        return bool(settings.CLAMAV_URL)

    @property
    def label(self) -> str:
        """What the field for its papers is called."""
        return "附件" if self.need else "整份申报的附件"

    @property
    def numbers(self) -> str:
        """The numbers of the earlier requests that are shown, so that a page knows whether it shows them already."""
        return ",".join(r.number for r in self.alike)


@require_GET
@never_cache
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a paper to whoever may see what it belongs to; each time is noted."""
    actor = request.actor
    if actor is None:
        raise Http404
    attachment = get_object_or_404(Attachment.objects.reached_through(readable(actor), actor), pk=pk)
    try:
        content = fetch(attachment, actor=actor, at=now())
    except NotAllowedError as error:
        raise PermissionDenied from error
    named = content_disposition_header(True, attachment.name)
    return HttpResponse(
        content, content_type=MIME[attachment.kind], headers={"Content-Disposition": named or "attachment"}
    )


def laid_beside(request: HttpRequest, draft: Filing) -> Sent:
    """Lay what came with a form beside the draft; one bad file keeps no other from being taken in."""
    sent = Sent()
    for need in [WHOLE, *(need["id"] for need in drafts.of(draft)["needs"])]:
        if uploads := request.FILES.getlist(f"papers{need}"):
            sent.needs.add(need)
            papers, problems = looked_through(uploads)
            for paper in papers:
                try:
                    drafting.attach(draft, paper=paper, need=need, actor=request.actor, at=now())
                except RefusedError as error:
                    problems.append(f"“{paper.name}”没有收下：{error}")
            if problems:
                sent.problems[need] = problems
    if sent.needs:
        ask_scanner()
    return sent


def taken_away(request: HttpRequest, draft: Filing) -> str:
    """Take a paper away from the draft; return where on the page it stood."""
    chosen = request.POST["detach"]
    paper = draft.attachments.kept().filter(pk=chosen if chosen.isdecimal() else 0).first()
    if paper is None:
        return "#more"
    drafting.detach(draft, attachment=paper.pk, actor=request.actor, at=now())
    return f"#papers-{paper.need}"


def blocks(
    draft: Filing, alike: Mapping[str, Sequence[FactorRequest]], problems: Problems
) -> dict[str, Block]:
    """Return what stands beside each need, by its id, and beside the whole filing; one query."""
    papers = list(draft.attachments.kept().order_by("pk"))
    return {
        need: Block(need, [p for p in papers if p.need == need], problems.get(need, ()), alike.get(need, ()))
        for need in [WHOLE, *alike]
    }


def ask_scanner() -> None:
    """Have new papers scanned at once; where that fails, beat asks again within a minute."""
    if settings.CLAMAV_URL:
        hurry("requests_desk.scan_attachments")
