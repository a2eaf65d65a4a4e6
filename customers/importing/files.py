"""Where uploaded files lie, how they get there, and what is refused at the door."""

import shutil
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from config.kit.errors import DomainError
from customers.importing.spreadsheet import sheet_to_csv
from customers.models import ImportBatch

FOLDER = "imports"
BLOCK = 1024 * 1024


def folder_of(key: uuid.UUID) -> Path:
    return Path(settings.FILES_DIR) / FOLDER / str(key)


def batch_path(batch: ImportBatch) -> Path:
    """The file that is read: the upload, or the CSV that was made of a spreadsheet.

    :raises DomainError: it was purged.
    """
    path = Path(settings.FILES_DIR) / batch.path
    if not batch.path or not path.is_file():
        raise DomainError("file_gone", _("The uploaded file is no longer kept."))
    return path


def store(key: uuid.UUID, name: str, blocks: Iterable[bytes]) -> tuple[Path, str, int]:
    """Keep an upload; returns the file to be read, its kind and the size of the upload.

    :raises DomainError: too large, or a spreadsheet that is none or is dangerous.
    """
    folder = folder_of(key)
    folder.mkdir(parents=True, exist_ok=True)
    upload = folder / "upload"
    try:
        size = _write(upload, blocks)
        if not is_spreadsheet(upload):
            return upload, "csv", size
        sheet_to_csv(upload, folder / "sheet.csv", most_bytes=settings.IMPORT_MAX_BYTES)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    upload.unlink()
    return folder / "sheet.csv", "xlsx", size


def _write(path: Path, blocks: Iterable[bytes]) -> int:
    size = 0
    with path.open("wb") as file:
        for block in blocks:
            size += len(block)
            if size > settings.IMPORT_MAX_BYTES:
                raise DomainError(
                    "file_too_large",
                    _("The file is larger than %(limit)s.")
                    % {"limit": filesizeformat(settings.IMPORT_MAX_BYTES)},
                    field="file",
                )
            file.write(block)
    return size


def blocks_of(path: Path) -> Iterable[bytes]:
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            yield block


def is_spreadsheet(path: Path) -> bool:
    """By its content; the name of an upload says nothing."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def forget(batch: ImportBatch) -> None:
    """Delete the stored file of a batch."""
    shutil.rmtree(folder_of(batch.public_id), ignore_errors=True)


def lines_expected(path: Path) -> int:
    """About how many lines a file has, by those of its first megabyte."""
    size = path.stat().st_size
    with path.open("rb") as file:
        sample = file.read(BLOCK)
    return max(1, round(sample.count(b"\n") * size / max(1, len(sample))))
