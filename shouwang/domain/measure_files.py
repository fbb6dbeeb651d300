"""Read `measures.toml` of a pack, and refuse in Chinese what it misspells, contradicts or does not define."""

from collections.abc import Mapping

from shouwang.domain.measures import CONDITIONS, DEVELOPMENT_KINDS, FOR_WHOM, SHAPES, Formula, Measure
from shouwang.domain.pack_toml import TomlTable
from shouwang.domain.policy import Pack, PackError
from shouwang.domain.tables import MEASURES, RISKS

FILE = "measures.toml"
_LIMIT_UNITS = ("months", "days")


def measure(name: str, table: TomlTable) -> Measure:
    """Build one measure from its table."""
    table.only(
        "label", "kind", "risks", "development", "for", "department", "limit", "needs", "figures",
        "entitlement", "source",
    )  # fmt: skip
    kind, is_development = table.choice("kind", MEASURES), table.maybe("development", bool) or False
    if is_development and kind not in DEVELOPMENT_KINDS:
        raise table.error("development", f"开发式帮扶的类别只能是 {'、'.join(DEVELOPMENT_KINDS)}。")
    for_whom = table.choice("for", tuple(FOR_WHOM)) or "either"
    if is_development and for_whom == "no_labour":
        raise table.error("for", "开发式帮扶靠劳动能力，不能只给无劳动能力的户。")
    return Measure(
        name=name,
        label=table.text("label"),
        kind=kind,
        risks=_codes(table, "risks", RISKS),
        is_development=is_development,
        for_whom=for_whom,  # type: ignore[arg-type]  # a key of FOR_WHOM
        department=table.text("department"),
        source=table.text("source"),
        limit=table.maybe("limit", str) or Measure.limit,
        needs=_codes(table, "needs", CONDITIONS),
        figures=_codes(table, "figures"),
        formula=_formula(table) if "entitlement" in table.data else None,
    )


def _codes(table: TomlTable, key: str, known: Mapping[str, str] | None = None) -> tuple[str, ...]:
    codes = table.maybe(key, list) or []
    if not all(isinstance(code, str) for code in codes) or len(set(codes)) != len(codes):
        raise table.error(key, "每项应为文字，且只写一次，请改正。")
    for code in codes:
        if known is not None and code not in known:
            raise table.error(key, f"不认识“{code}”。可用：{'、'.join(known)}。")
    return tuple(codes)


def _formula(table: TomlTable) -> Formula:
    part = table.part("entitlement")
    shape = part.choice("shape", tuple(SHAPES))
    if shape is None:
        raise part.error("shape", f"没有填写。可用：{'、'.join(SHAPES)}。")
    roles = SHAPES[shape].parameters
    part.only("shape", *roles)
    return Formula(shape, {role: part.text(role) for role in roles})


def check_measures(chain: tuple[Pack, ...]) -> None:
    """Check that each parameter the first pack's measures name is in the chain, in the right unit.

    The default limit may be missing: a pack older than the parameter sets none.
    """
    units = {name: parameter.unit for link in chain for name, parameter in link.parameters.items()}
    for each in chain[0].measures.values():
        wanted: list[tuple[str, tuple[str, ...]]] = [(name, ()) for name in each.figures]
        if each.limit != Measure.limit:
            wanted.append((each.limit, _LIMIT_UNITS))
        if each.formula is not None:
            roles = SHAPES[each.formula.shape].parameters
            wanted += [(name, (roles[role],)) for role, name in each.formula.parameters.items()]
        for name, allowed in wanted:
            where = f"政策包“{chain[0].id}”的 {FILE} 中“{each.name}”"
            if name not in units:
                raise PackError(f"{where}用到参数“{name}”，但本包及所继承的包都没有定义，请定义或改名。")
            if allowed and units[name] not in allowed:
                raise PackError(
                    f"{where}用到参数“{name}”，单位应为 {'、'.join(allowed)}，现为 {units[name]}，请改正。"
                )
