"""Zipped documents (DOCX, OFD): opened only after a look at what they would unpack to."""

import io
import zipfile
import zlib
from typing import Any, Final

from lxml import etree

from pusher.reading.refusals import Broken, Encrypted, TooLarge, Unsafe

MOST_PARTS = 5_000
MOST_UNPACKED = 200 * 1024 * 1024
LARGEST_PART = 40 * 1024 * 1024
"""Bytes of one part that is read; its tree takes ten times that."""
MOST_RATIO = 100
_SMALL = 1024 * 1024
"""Below this a ratio says nothing: short repetitive parts pack well."""
_ENCRYPTED = 0x1
_UNREADABLE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError,
    # how zipfile says a method of packing, or a password, that it does not know
    NotImplementedError, RuntimeError,
)  # fmt: skip


class Archive:
    """The parts of a zipped document, by name."""

    def __init__(self, content: bytes) -> None:
        """Open the archive in *content*.

        Raises:
            Broken: it is no whole archive.
            Unsafe: it would explode, or its paths lead out.
            Encrypted: its parts are.
        """
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _UNREADABLE:
            raise _broken() from None
        _refuse_unsafe(self._zip.infolist())
        self.names = frozenset(self._zip.namelist())

    def xml(self, name: str) -> Any:
        """The root of an XML part; None where there is no such part.

        Raises:
            TooLarge: the part is beyond what is read.
            Unsafe: it declares a document type or entities.
            Broken: it is not well-formed, or nests too deep.
        """
        if name not in self.names:
            return None
        if self._zip.getinfo(name).file_size > LARGEST_PART:
            raise TooLarge("文件正文部分过大，不像一份政策，未读取；请拆分后再导入。")
        try:
            content = self._zip.read(name)
        except _UNREADABLE:
            raise _broken() from None
        # an office program writes neither; whoever does wants more than a document
        if b"<!DOCTYPE" in content[:4096].upper() or b"<!ENTITY" in content.upper():
            raise Unsafe("文件里含有外部实体声明，可能有害，未读取；请用 Word 另存后再导入。")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )  # fmt: skip
        try:
            return etree.fromstring(content, parser)
        except etree.XMLSyntaxError:
            raise Broken("文件内容不完整或已损坏，请重新下载或另存后再导入。") from None


def _refuse_unsafe(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Unsafe(f"文件里有 {len(parts)} 个部件，超过 {MOST_PARTS} 个，可能有害，未读取。")
    if sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise Unsafe("文件解压后过大（疑似压缩炸弹），未读取。")
    for part in parts:
        if part.file_size > max(_SMALL, MOST_RATIO * part.compress_size):
            raise Unsafe("文件的压缩比异常（疑似压缩炸弹），未读取。")
        path = part.filename.replace("\\", "/")
        # the type of a file in its upper half, as Unix writes it: a symbolic link is 0xA000
        link = part.external_attr >> 16 & 0xF000 == 0xA000
        if path.startswith("/") or ".." in path.split("/") or link:
            raise Unsafe("文件里含有指向外部的路径，可能有害，未读取。")
        if part.flag_bits & _ENCRYPTED:
            raise Encrypted("文件设有密码，无法读取；请取消密码后再导入。")


def _broken() -> Broken:
    return Broken("文件不完整或已损坏（压缩包无法打开），请重新下载后再导入。")
