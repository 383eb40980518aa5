"""Tags that draw the buttons of a stall desk: every press of every desk draws the page again, with ten of them."""

from collections.abc import Iterable
from functools import cache

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from fairs.models import Stall, Ticket
from taian_factors.templatetags.portal import csrf_field

register = template.Library()

_BOOSTED = SafeString(' hx-boost="true" hx-push-url="false" hx-sync="closest body:drop"')
_NONE = SafeString("")


@register.simple_tag(takes_context=True)
def press(
    context: Context,
    verb: str,
    label: str,
    css: str,
    *,
    key: str | None = None,
    ticket: Ticket | None = None,
    letter: str = "",
    hint: str = "",
    about: object = "",
    is_plain: bool = False,
) -> SafeString:
    """Draw the button of a verb, on ``letter`` of the keyboard; ``about`` says aloud whom it is about.

    Without a ``key`` it is pressed without a line and goes nowhere, so it needs no token either.
    """
    return format_html(
        '<form class="press" method="post" action="{}"{}>{}{}{}'
        '<button class="btn {}" type="submit"{}>{}{}{}</button></form>',
        _address(verb),
        _NONE if is_plain else _BOOSTED,
        _NONE if key is None else csrf_field(context),
        _NONE if key is None else _hidden("key", f"{key}-{verb}"),
        _hidden("ticket", ticket.pk) if ticket else _NONE,
        css,
        format_html(' data-key="{}"', letter) if letter else _NONE,
        label,
        format_html('<span class="visually-hidden">：{}</span>', about) if about else _NONE,
        format_html(' <span class="key" aria-hidden="true">{}</span>', hint or letter) if letter else _NONE,
    )


@register.simple_tag
def stall_options(stalls: Iterable[Stall]) -> SafeString:
    """Draw stalls as the options of a list."""
    rows = ((stall.pk, stall.code, stall.organization.short) for stall in stalls)
    return format_html_join("", '<option value="{}">{} {}</option>', rows)


@cache
def _address(verb: str) -> str:
    return reverse("requests_desk:stall_act", args=[verb])


def _hidden(name: str, value: object) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)
