"""Mails that come back: who they are about is said by a token of ours, never by their text."""
