"""Kinds of value: their operators, checks, SQL, controls and words. One file a kind."""
