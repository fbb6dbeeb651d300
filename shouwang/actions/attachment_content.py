"""What may be attached: photos and PDF, by what the bytes are and not by what they are called (T28).

Photos are drawn anew, which takes place, camera and anything hidden behind the picture out of them.
"""

import re
import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from shouwang.actions.refusals import Unfit

MOST_BYTES = 5 * 1024 * 1024
_MOST_PIXELS = 40_000_000
_LONGEST_SIDE = 12_000
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
ACCEPTED = (*_FORMATS, "application/pdf")
_ALIASES = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "application/x-pdf": "application/pdf"}
# A PDF may hold programs and files; those that do are not records.
_ACTIVE_PDF = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")


def checked_content(content: bytes, content_type: str) -> tuple[bytes, str]:
    """Return the bytes to keep and their type. Raises Unfit."""
    if not content:
        raise Unfit("文件是空的，请重新选择")
    if len(content) > MOST_BYTES:
        raise Unfit(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请压缩或降低拍照分辨率后再传")
    found = _type_of(content)
    if found is None:
        raise Unfit("只能上传 JPEG、PNG、WebP 照片或 PDF 文件，请转换格式后再传")
    said = content_type.split(";")[0].strip().lower()
    if _ALIASES.get(said, said) not in {found, "application/octet-stream", ""}:
        raise Unfit("文件内容和它的扩展名不符，请用原始照片或 PDF 重新上传")
    return (
        _checked_pdf(content) if found == "application/pdf" else _redrawn(content, _FORMATS[found])
    ), found


def _type_of(content: bytes) -> str | None:
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "application/pdf" if content.startswith(b"%PDF-") else None


def _checked_pdf(content: bytes) -> bytes:
    if b"%%EOF" not in content[-2048:]:
        raise Unfit("PDF 文件不完整，请重新生成后再传")
    if _ACTIVE_PDF.search(content):
        raise Unfit("PDF 文件带有脚本或内嵌文件，请重新打印成 PDF 后再传")
    return content


def _redrawn(content: bytes, name: str) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(BytesIO(content), formats=[name])
            width, height = picture.size
            if width * height > _MOST_PIXELS or max(width, height) > _LONGEST_SIDE:
                raise Unfit("照片尺寸过大（超过 4000 万像素），请降低分辨率后再传")
            return _written(ImageOps.exif_transpose(picture), name)
    except Unfit:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, Warning):
        raise Unfit("照片打不开或尺寸异常，请重新拍照或另存后再传") from None
    except (OSError, ValueError, SyntaxError, MemoryError, EOFError, KeyError, TypeError, IndexError):
        raise Unfit("照片文件已损坏，请重新拍照或另存后再传") from None


def _written(picture: Image.Image, name: str) -> bytes:
    """Write the picture's points and nothing else."""
    is_plain = name == "JPEG" or picture.mode not in {"RGBA", "LA", "PA", "P"}
    drawn = picture.convert("RGB" if is_plain else "RGBA")
    bare = Image.frombytes(drawn.mode, drawn.size, drawn.tobytes())
    said = BytesIO()
    bare.save(said, name, **({"quality": 88} if name != "PNG" else {"optimize": False}))
    return said.getvalue()
