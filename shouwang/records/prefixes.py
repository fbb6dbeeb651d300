"""The look-up `prefix`: what begins with some signs, by the index even where row-level security stands.

LIKE could tell of rows behind the wall, so PostgreSQL asks it only after the wall and without an index. The
comparisons below cannot, and the indexes of names (varchar_pattern_ops) serve them in any collation.
"""

from typing import Any

from django.db.models import CharField, Lookup

_BEFORE_SURROGATES, _AFTER_SURROGATES, _LAST = 0xD7FF, 0xE000, 0x10FFFF


@CharField.register_lookup
class Prefix(Lookup):
    """`name__prefix="王"`: between it and the next text that does not begin so."""

    lookup_name = "prefix"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        """Write the two comparisons."""
        left, params = self.process_lhs(compiler, connection)
        text = str(self.rhs)
        return f"({left} ~>=~ %s AND {left} ~<~ %s)", [*params, text, *params, after(text)]


def after(text: str) -> str:
    """Return the first text behind all that begin with `text`, which is not empty, in order of signs."""
    sign = ord(text[-1])
    if sign == _LAST:
        return f"{text}{chr(_LAST)}"
    return text[:-1] + chr(_AFTER_SURROGATES if sign == _BEFORE_SURROGATES else sign + 1)
