"""The office's own lists in: read (``reading``), told (``report``), and given back with reasons (``returning``)."""

from requests_desk.imports.reading import ReadList, Refused, WorkbookError, read_list
from requests_desk.imports.report import as_json
from requests_desk.imports.returning import write_refused

__all__ = ["ReadList", "Refused", "WorkbookError", "as_json", "read_list", "write_refused"]
