"""The floor of a fair as a drawing: zones as areas, stalls as boxes in rows and columns. Reads only."""

from dataclasses import dataclass

from fairs.models import Fair, Stall, Zone

# Lengths of the drawing, in its own units.
BOX_WIDTH, BOX_HEIGHT, GAP = 132, 58, 10
TITLE, AISLE, EDGE = 34, 26, 12
LETTERS = 8  # of a body's name that fit into a box
FEWEST_COLUMNS = 3


@dataclass(frozen=True)
class Box:
    """One stall of the drawing, with its corner."""

    stall: Stall
    x: int
    y: int

    @property
    def name(self) -> str:
        """The body's name, cut where the box ends."""
        short = self.stall.organization.short
        return short if len(short) <= LETTERS else f"{short[: LETTERS - 1]}…"

    @property
    def text_x(self) -> int:
        """Where its words begin."""
        return self.x + GAP

    @property
    def code_y(self) -> int:
        """The line of its code."""
        return self.y + 24

    @property
    def name_y(self) -> int:
        """The line of its name."""
        return self.y + 46


@dataclass(frozen=True)
class Area:
    """One zone of the drawing, with its corner, its size and its stalls."""

    zone: Zone
    boxes: list[Box]
    x: int
    y: int
    width: int
    height: int

    @property
    def text_x(self) -> int:
        """Where its title begins."""
        return self.x + GAP

    @property
    def text_y(self) -> int:
        """The line of its title."""
        return self.y + 24


@dataclass(frozen=True)
class Floor:
    """The whole drawing, and the stalls in the order of a list beside it."""

    areas: list[Area]
    stalls: list[Stall]
    width: int
    height: int
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def floor_of(fair: Fair) -> Floor:
    """Return the drawing of a fair's plan. Two queries, and three for what the list beside it says."""
    zones = list(fair.zones.order_by("row", "column", "code"))
    stalls = list(
        fair.stalls.select_related("organization", "zone")
        .prefetch_related("handles", "desks", "staff")
        .order_by("code")
    )
    spots = {zone.pk: _spots([s for s in stalls if s.zone_id == zone.pk]) for zone in zones}
    widths, heights = _sizes(zones, spots)
    areas, y, lowest = [], EDGE, EDGE
    for row in sorted(heights):
        x = EDGE
        for column in sorted(widths):
            here = [z for z in zones if (z.row, z.column) == (row, column)]
            top = y
            for zone in here:
                areas.append(_area(zone, spots[zone.pk], x, top, widths[column]))
                top += areas[-1].height + AISLE
                lowest = max(lowest, top - AISLE)
            x += widths[column] + AISLE
        y += heights[row] + AISLE
    width = sum(widths.values()) + AISLE * max(len(widths) - 1, 0) + 2 * EDGE
    return Floor(areas, stalls, width, lowest + EDGE)


Spots = dict[tuple[int, int], Stall]


def _spots(stalls: list[Stall]) -> Spots:
    """Give every stall of a zone a spot: its own, or the next free one behind the last row."""
    placed = {(s.row, s.column): s for s in stalls if s.row and s.column}
    columns = max([FEWEST_COLUMNS, *(column for _, column in placed)])
    behind = max((row for row, _ in placed), default=0)
    rest = [s for s in stalls if not (s.row and s.column)]
    return placed | {(behind + n // columns + 1, n % columns + 1): stall for n, stall in enumerate(rest)}


def _size(spots: Spots) -> tuple[int, int]:
    columns = max((column for _, column in spots), default=1)
    rows = max((row for row, _ in spots), default=1)
    return columns * (BOX_WIDTH + GAP) + GAP, TITLE + rows * (BOX_HEIGHT + GAP)


def _sizes(zones: list[Zone], spots: dict[int, Spots]) -> tuple[dict[int, int], dict[int, int]]:
    """Return how wide each column of the hall is, and how high each row; zones at one place lie one below another."""
    widths: dict[int, int] = {}
    stacks: dict[tuple[int, int], int] = {}
    for zone in zones:
        width, height = _size(spots[zone.pk])
        widths[zone.column] = max(widths.get(zone.column, 0), width)
        place = (zone.row, zone.column)
        stacks[place] = stacks.get(place, -AISLE) + AISLE + height
    heights: dict[int, int] = {}
    for (row, _), height in stacks.items():
        heights[row] = max(heights.get(row, 0), height)
    return widths, heights


def _area(zone: Zone, spots: Spots, x: int, y: int, width: int) -> Area:
    boxes = [
        Box(stall, x + GAP + (column - 1) * (BOX_WIDTH + GAP), y + TITLE + (row - 1) * (BOX_HEIGHT + GAP))
        for (row, column), stall in sorted(spots.items(), key=lambda item: item[0])
    ]
    return Area(zone, boxes, x, y, width, _size(spots)[1])
