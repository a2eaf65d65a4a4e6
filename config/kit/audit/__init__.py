"""The audit trail: who did what to whom, written with the change, sealed, and kept."""

from config.kit.audit.catalogue import SubjectKind, actions, describe_actions, subjects
from config.kit.audit.erasing import values_erase
from config.kit.audit.reading import last_entry_of
from config.kit.audit.recording import digest, record
from config.kit.audit.sealing import broken_seals, forgotten_entries, seal

__all__ = [
    "SubjectKind",
    "actions",
    "broken_seals",
    "describe_actions",
    "digest",
    "forgotten_entries",
    "last_entry_of",
    "record",
    "seal",
    "subjects",
    "values_erase",
]
