"""Opens the package that a workbook is, within bounds, and reads its parts as plain XML.

References
----------
ECMA-376, "Office Open XML File Formats", 5th edition, 2016 and 2021, parts 1 (SpreadsheetML) and 2
(packages).
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable
from typing import NoReturn
from xml.parsers import expat

MOST_UNPACKED = 256_000_000
"""Most bytes of all parts of a workbook when they are unpacked."""

MOST_PARTS = 2_000
STEEPEST = 400
"""Most that a large part may be shrunk; sheets shrink 5 to 60 times, and a bomb about 1000 times."""

_LARGE = 4_000_000
MOST_ELEMENTS = 20_000_000
LONGEST_TAG = 1_000_000
"""Most bytes of a tag; a parser may look at all of an unfinished one again with every piece of it."""
_CHUNK = 262_144
_ENCRYPTED = 0x1
_LISTED = b"PK\x01\x02"
# The other ways of packing are unpacked by the standard library without a bound, whatever size is declared.
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_KEPT = re.compile("[\r\ufffe\uffff]")
# What is not kept is written with a `_` at its beginning, which ends what stands before it.
_SEEMS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}[_\r\ufffe\uffff])")

Attributes = dict[str, str]
OnStart = Callable[[str, Attributes], None]
OnEnd = Callable[[str], None]
OnText = Callable[[str], None]


class Unusable(ValueError):
    """A workbook, or a part of it, that is not read; carries the problem and the remedy."""

    def __init__(self, problem: str, remedy: str = "save it again as a plain XLSX workbook") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(problem)


def unescaped(text: str) -> str:
    """Read a text as the format writes it: `_x000D_` stands for a character, `_x005F_` for `_` before one."""
    if "_x" not in text:
        return text
    read = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    # A character beyond the first plane is written as two halves.
    return read.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def escaped(text: str) -> str:
    """Write a text so that `unescaped` gives it back: what seems escaped, and what XML does not keep."""
    text = _SEEMS_ESCAPED.sub("_x005F_", text) if "_x" in text else text
    return _NOT_KEPT.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


class Package:
    """The parts of a workbook."""

    def __init__(self, raw: bytes) -> None:
        self.elements = 0
        self.done: set[str] = set()
        if (listed := raw.count(_LISTED)) > MOST_PARTS:  # before the list of parts is read into memory
            raise Unusable(f"the package has {listed} parts", f"a workbook has at most {MOST_PARTS}")
        try:
            self.zip = zipfile.ZipFile(io.BytesIO(raw))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError, OSError) as error:
            raise Unusable(f"this is no XLSX workbook ({str(error)[:80]})") from None
        entries = self.zip.infolist()
        self.names = {entry.filename for entry in entries}
        if len(entries) > MOST_PARTS or len(self.names) < len(entries):
            raise Unusable(f"the package has {len(entries)} parts with {len(self.names)} names")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MOST_UNPACKED:
            problem = f"the workbook would unpack to {unpacked} bytes"
            raise Unusable(problem, f"keep it under {MOST_UNPACKED} bytes, or use CSV")
        for entry in entries:
            if entry.flag_bits & _ENCRYPTED:
                raise Unusable("the workbook is locked with a password", "save it without a password")
            if entry.compress_type not in _PACKED:
                raise Unusable(f"the part '{entry.filename[:80]}' is packed in a way that no workbook is")
            if entry.file_size > _LARGE and entry.file_size > STEEPEST * entry.compress_size:
                raise Unusable(f"the part '{entry.filename[:80]}' is shrunk more than {STEEPEST} times")

    def read(
        self, name: str, start: "OnStart", end: "OnEnd | None" = None, text: "OnText | None" = None
    ) -> None:
        """Read a part as XML, telling of its elements by their names without namespace.

        Raises Unusable if the part is missing, damaged, or declares a document type.
        """
        if name not in self.names:
            raise Unusable(f"the workbook lacks its part '{name[:80]}'")

        def counted(element: str, attributes: Attributes) -> None:
            self.elements += 1
            if self.elements > MOST_ELEMENTS:
                raise Unusable(f"the workbook has more than {MOST_ELEMENTS} elements", "use CSV")
            start(element.rpartition(" ")[2], attributes)

        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _no_doctype
        parser.StartElementHandler = counted
        if end is not None:
            parser.EndElementHandler = lambda element: end(element.rpartition(" ")[2])
        parser.CharacterDataHandler = text
        try:
            with self.zip.open(name) as part:
                fed = 0
                while chunk := part.read(_CHUNK):
                    parser.Parse(chunk)
                    fed += len(chunk)
                    if fed - parser.CurrentByteIndex > LONGEST_TAG:
                        raise Unusable(f"the part '{name[:80]}' has a tag of more than {LONGEST_TAG} bytes")
                parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
            raise Unusable(f"the part '{name[:80]}' is damaged ({str(error)[:80]})") from None
        except (NotImplementedError, RuntimeError, LookupError) as error:
            raise Unusable(f"the part '{name[:80]}' cannot be read ({str(error)[:80]})") from None

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Give the last word of the type and the target of each relation of a part, by its id.

        Raises Unusable if a target lies outside the package.
        """
        folder, file = posixpath.split(part)
        found: dict[str, tuple[str, str]] = {}

        def start(element: str, attributes: Attributes) -> None:
            if element != "Relationship":
                return
            if attributes.get("TargetMode") == "External":
                raise Unusable(
                    "the workbook is linked to other files", "break the links, and save its values"
                )
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            found[attributes.get("Id", "")] = (kind, target.lstrip("/"))

        self.read(posixpath.join(folder, "_rels", f"{file}.rels"), start)
        return found


def _no_doctype(*_: object) -> NoReturn:
    raise Unusable("a part of the workbook declares a document type, which no workbook needs")
