"""Situations of the competition, named."""

V1 = {
    "version": "v1",
    "weights": [
        {"indicator": "on_time_reply", "full_marks": "20", "curve": {"kind": "proportional"}},
        {"indicator": "completion", "full_marks": "25", "curve": {"kind": "proportional"}},
        {"indicator": "satisfaction", "full_marks": "35", "curve": {"kind": "proportional"}},
        {"indicator": "cooperation", "full_marks": "20", "curve": {"kind": "proportional"}},
    ],
    "empty": "move",
    "small_sample": 4,
    "groups": [{"name": "市直要素保障部门", "departments": None}],
    "beside": ["solved", "reviewed", "redone", "called_back", "backlog", "own_intake"],
}
