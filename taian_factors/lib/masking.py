"""Addresses of people, shown so that they are recognized and not learned."""

import re

PHONE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")


def mask(address: str) -> str:
    """Return a phone number, an e-mail address or an account with its middle hidden."""
    if PHONE.search(address):
        return mask_phones(address)
    name, at, host = address.partition("@")
    return f"{name[: 1 if at else 2]}***{at}{host}" if address else ""


def mask_phones(text: str) -> str:
    """Hide the middle of every mobile number in a text."""
    return PHONE.sub(r"\1****\2", text)


def mask_name(name: str) -> str:
    """Hide all of a person's name but its first character."""
    return f"{name[:1]}**" if name else ""
