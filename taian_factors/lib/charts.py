"""The kinds of drawing that pages have, and what they have in common: their letters, an SVG in which nothing runs.

Drawings import pygal from here, so that what it does to the interpreter is undone before anything else is imported.
"""

import sys
from typing import Any

from pygal import Bar, Line  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

__all__ = ["FONT", "Bar", "Line", "Style", "drawn"]

# pygal hooks a finder of the old kind into every import, for its map plugins; Python warns of it at each import.
sys.meta_path[:] = [finder for finder in sys.meta_path if type(finder).__name__ != "PluginImportFixer"]

FONT = '"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif'


def drawn(chart: Any) -> bytes:
    """Return a chart as SVG, without the script that pygal writes for its tooltips: an image runs none."""
    chart.add_xml_filter(_without_scripts)
    svg: bytes = chart.render()
    return svg


def _without_scripts(root: Any) -> Any:
    for parent in root.iter():
        for child in [child for child in parent if str(child.tag).endswith("script")]:
            parent.remove(child)
    return root
