"""Templates: none unused, none that breaks the strict content policy, each beginning with what it extends."""

import re

from django.apps import apps

from tests.house.source import ROOT, TEMPLATES, lines, modules, templates

# Django looks for these by itself.
ERROR_PAGES = {"400.html", "403.html", "403_csrf.html", "404.html", "500.html"}
NAMED = re.compile(r"""["']([\w{}./ -]+\.(?:html|txt))["']""")
# Without a script of its own, a page of print has none of these either.
FORBIDDEN = {
    "an inline style": re.compile(r"""\sstyle\s*=|<style\b"""),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "an inline handler": re.compile(r"""\son[a-z]+\s*=\s*["']"""),
    "somebody else's server": re.compile(r"""(?:src|href|action)=["'](?:https?:)?//"""),
}


def relative(path):
    return path.relative_to(TEMPLATES).as_posix()


def test_every_template_is_used():
    places = [*modules(), *templates()]
    named = {name for place in places for name in NAMED.findall(place.read_text(encoding="utf-8"))}
    patterns = [re.compile(re.sub(r"\\\{.*?\\\}", r"[\\w/-]+", re.escape(name))) for name in named]
    unused = {
        relative(path)
        for path in templates()
        if not any(pattern.fullmatch(relative(path)) for pattern in patterns)
        and relative(path) not in ERROR_PAGES
        and not _is_somebody_elses(relative(path))
    }
    assert unused == set()


def _is_somebody_elses(name):
    """Say whether a package brings a template of this name, which ours stands in for."""
    folders = [
        config.path for config in apps.get_app_configs() if not config.path.startswith(str(ROOT / "taian"))
    ]
    return any((TEMPLATES.__class__(folder) / "templates" / name).exists() for folder in folders)


def test_no_template_breaks_the_content_policy():
    found = {
        f"{relative(path)}: {what}"
        for path in templates()
        for what, pattern in FORBIDDEN.items()
        if pattern.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_extends_stands_first():
    late = {
        relative(path)
        for path in templates()
        if "{% extends" in (text := path.read_text(encoding="utf-8")) and not text.startswith("{% extends")
    }
    assert late == set()


def test_no_template_is_empty():
    assert [relative(path) for path in templates() if lines(path) == 0] == []
