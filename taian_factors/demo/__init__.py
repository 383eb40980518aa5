"""The demo city: example enterprises, a year of history, the fair of 13 June 2023, and a living present.

Everything in it happens through the verbs that the pages call. It may look at every app, as ``home`` does.
"""
