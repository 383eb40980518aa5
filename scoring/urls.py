"""Addresses of the competition."""

from django.urls import URLPattern, path

from scoring.views import appeals, bulletins, duties, rankings, reading, rules, whatif

app_name = "scoring"
urlpatterns: list[URLPattern] = [
    path("", rankings.rankings, name="rankings"),
    path("compute/", rankings.compute, name="compute"),
    path("runs/<int:pk>/sheet/", rankings.ranking_sheet, name="ranking_sheet"),
    path("runs/<int:pk>/print/", reading.print_ranking, name="print_ranking"),
    path("runs/<int:pk>/projector/", reading.projector, name="projector"),
    path("open/", reading.open_periods, name="open_data"),
    path("open/<str:period>.csv", reading.open_csv, name="open_csv"),
    path("open/<str:period>.json", reading.open_json, name="open_json"),
    path("runs/<int:pk>/preview/", rankings.preview, name="preview"),
    path("runs/<int:pk>/publish/", rankings.publish, name="publish"),
    path("why/<str:period>/<str:code>/", rankings.why, name="why"),
    path("why/<str:period>/<str:code>/<str:indicator>/", rankings.matters, name="matters"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/<int:pk>/decide/", appeals.decide_appeal, name="decide_appeal"),
    path("inputs/<int:pk>/appeal/", appeals.appeal, name="appeal"),
    path("inputs/<int:pk>/exclude/", appeals.exclude, name="exclude"),
    path("exclusions/<int:pk>/decide/", appeals.decide_exclusion, name="decide_exclusion"),
    path("duties/", duties.duties, name="duties"),
    path("duties/arrange/", duties.arrange, name="arrange"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/records/<int:pk>/judge/", duties.judge_duty, name="judge_duty"),
    path("duties/records/<int:pk>/answer/", duties.answer_duty, name="answer_duty"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/compose/", bulletins.compose, name="compose"),
    path("bulletins/<int:pk>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:pk>/edit/", bulletins.edit_bulletin, name="edit_bulletin"),
    path("bulletins/<int:pk>/issue/", bulletins.issue, name="issue"),
    path("bulletins/<int:pk>/docx/", bulletins.bulletin_docx, name="bulletin_docx"),
    path("rules/", rules.rules, name="rules"),
    path("rules/compare/", rules.compare_rules, name="compare_rules"),
    path("rules/what-if/", whatif.what_if, name="what_if"),
    path("rules/<int:pk>/draft/", rules.draft_rules, name="draft_rules"),
    path("rules/<int:pk>/edit/", rules.edit_rules, name="edit_rules"),
    path("rules/<int:pk>/force/", rules.put_rules_in_force, name="put_rules_in_force"),
    path("rules/<int:pk>/take-back/", rules.take_back_rules, name="take_back_rules"),
]
