"""QR codes: an address as a picture that a telephone reads."""

import segno


def qr(address: str) -> str:
    """Return an address as a QR picture that an ``img`` can show."""
    return segno.make(address, error="m").svg_data_uri(scale=4, border=2)
