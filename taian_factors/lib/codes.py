"""Codes: an address as a picture that a telephone reads, and the key by which a press is known again."""

import uuid

import segno


def qr(address: str) -> str:
    """Return an address as a QR picture that an ``img`` can show."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)


def new_key() -> str:
    """Return the key of a press that has not been made yet."""
    return uuid.uuid4().hex
