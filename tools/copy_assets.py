"""Copy what the pages need from node_modules to shouwang/web/static/vendor: `make assets`.

The styles lose the pointer to their source map, which is not copied. Of the icons only those named in
tools/icons.txt are taken, as one sprite.
"""

import re
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "shouwang" / "web" / "static" / "vendor"
ICON_NAMES = ROOT / "tools" / "icons.txt"
_FILES = {
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
}
_SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/\s*$|//# sourceMappingURL=.*\s*$")
_SVG = "http://www.w3.org/2000/svg"


class AssetMissingError(FileNotFoundError):
    """A file that the pages need is not in node_modules; the message says which."""


def copy_assets(modules: Path = MODULES, vendor: Path = VENDOR) -> None:
    """Replace the folder `vendor` by the styles, the script and the icon sprite taken from `modules`."""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for name, source in _FILES.items():
        text = _SOURCE_MAP.sub("", _read(modules / source))
        (vendor / name).write_text(text.rstrip() + "\n", encoding="utf-8")
    icons = modules / "@tabler" / "icons" / "icons" / "outline"
    (vendor / "icons.svg").write_text(sprite(icons, icon_names()), encoding="utf-8")


def icon_names() -> list[str]:
    """Return the names of the icons the pages use, in the order of the list."""
    return ICON_NAMES.read_text(encoding="utf-8").split()


def sprite(folder: Path, names: Iterable[str]) -> str:
    """Return one SVG with a symbol per icon, so that a page fetches all icons once."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.Element(f"{{{_SVG}}}svg")
    for name in names:
        symbol = ElementTree.SubElement(root, f"{{{_SVG}}}symbol", {"id": name, "viewBox": "0 0 24 24"})
        # The first path of every icon is an invisible square.
        drawn = ElementTree.fromstring(_read(folder / f"{name}.svg"))
        symbol.extend(each for each in drawn if each.get("stroke") != "none")
        for each in symbol.iter():
            each.tail = each.text = None
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def _read(path: Path) -> str:
    if not path.is_file():
        raise AssetMissingError(f"缺少 {path.name}：请先运行 npm ci，再运行 make assets。")
    return path.read_text(encoding="utf-8")


if __name__ == "__main__":
    try:
        copy_assets()
    except AssetMissingError as missing:
        sys.exit(str(missing))
