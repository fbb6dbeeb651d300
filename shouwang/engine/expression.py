"""A rule's `when`: parsed by SQLGlot, held to a whitelist, checked for units, read into a `rule_tree`.

There is no division, function, cast or subquery: what does not fit needs an indicator, not a bigger language.
"""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, TokenError

from shouwang.domain.indicators import Indicator
from shouwang.engine.rule_tree import (
    And,
    Arithmetic,
    Comparison,
    Condition,
    Expression,
    Flag,
    IsUnknown,
    Literal,
    Name,
    Not,
    OneOf,
    Or,
    Parameter,
    Term,
)

MONEY, TEXT, FLAG, NUMBER = "fen", "text", "flag", "number"
_PARAMETER_DIMENSION = {
    "yuan": MONEY, "flag": FLAG, "text": TEXT, "permille": NUMBER, "points": NUMBER, "day_of_month": NUMBER,
}  # fmt: skip
_COMPARISONS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_ARITHMETIC: dict[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_MAX_LENGTH = 2000


class ExpressionError(Exception):
    """A rule's `when` is refused; the message (Chinese) names the part and what may stand there instead."""


def parse(text: str, indicators: Mapping[str, Indicator], parameter_units: Mapping[str, str]) -> Expression:
    """Parse and check a rule's `when` against the indicators and parameters it may read.

    Raises ExpressionError for anything outside the whitelist, unknown names, and units that do not fit.
    """
    if len(text) > _MAX_LENGTH:
        raise ExpressionError(f"表达式长达{len(text)}个字符,上限为{_MAX_LENGTH};请拆成几条规则。")
    try:
        parsed = sqlglot.parse_one(text)
        tree = _Reader(indicators, parameter_units).condition(parsed)
    except (ParseError, TokenError) as error:
        raise ExpressionError(
            f"表达式写法有误,请检查括号、比较符与 AND/OR 是否成对:{text.strip()}"
        ) from error
    except RecursionError as error:
        raise ExpressionError("表达式括号嵌套过深,请拆成几条规则。") from error
    return Expression(" ".join(text.split()), tree)


class _Reader:
    """Turns a SQLGlot tree into ours, refusing every node that is not on the whitelist."""

    def __init__(self, indicators: Mapping[str, Indicator], parameter_units: Mapping[str, str]) -> None:
        self.indicators = indicators
        self.parameter_units = parameter_units

    def condition(self, node: exp.Expr) -> Condition:
        if isinstance(node, exp.Paren):
            return self.condition(node.this)
        if isinstance(node, exp.And):
            return And(tuple(self.condition(part) for part in node.flatten()))
        if isinstance(node, exp.Or):
            return Or(tuple(self.condition(part) for part in node.flatten()))
        if isinstance(node, exp.Not):
            return self._negation(node.this)
        if type(node) in _COMPARISONS:
            return self._comparison(
                _COMPARISONS[type(node)], self.term(node.this), self.term(node.expression)
            )
        if isinstance(node, exp.Between):
            return self._between(node)
        if isinstance(node, exp.Is):
            return self._is(node)
        if isinstance(node, exp.In):
            return self._one_of(node)
        term = self.term(node)
        if term.dimension != FLAG:
            raise ExpressionError(
                f"“{node.sql()}”不是一个条件:只有是/否型指标可以单独成为条件,其余请写成比较。"
            )
        return Flag(term)

    def _negation(self, node: exp.Expr) -> Condition:
        inner = self.condition(node)
        if isinstance(inner, IsUnknown):
            return IsUnknown(inner.term, not inner.is_negated)
        return Not(inner)

    def _comparison(self, operator: str, left: Term, right: Term) -> Comparison:
        _check_comparable(operator, left, right)
        return Comparison(operator, left, right)

    def _between(self, node: exp.Between) -> And:
        term = self.term(node.this)
        low, high = self.term(node.args["low"]), self.term(node.args["high"])
        return And((self._comparison(">=", term, low), self._comparison("<=", term, high)))

    def _is(self, node: exp.Is) -> Condition:
        term = self.term(node.this)
        if isinstance(node.expression, exp.Null):
            return IsUnknown(term, is_negated=False)
        raise ExpressionError(f"“{node.sql()}”:IS 之后只能是 NULL 或 NOT NULL;判断是/否请直接写指标名。")

    def _one_of(self, node: exp.In) -> OneOf:
        term = self.term(node.this)
        if node.args.get("query") or node.args.get("unnest") or not node.expressions:
            raise ExpressionError(f"“{node.sql()}”:IN 之后只能是写明的值,不能是查询。")
        choices = []
        for part in node.expressions:
            choice = self.term(part)
            if not isinstance(choice, Literal):
                raise ExpressionError(f"“{node.sql()}”:IN 之后只能是写明的值。")
            _check_comparable("=", term, choice)
            choices.append(choice)
        return OneOf(term, tuple(choices))

    def term(self, node: exp.Expr) -> Term:
        if isinstance(node, exp.Paren):
            return self.term(node.this)
        if isinstance(node, exp.Boolean):
            return Literal(bool(node.this), FLAG)
        if isinstance(node, exp.Literal):
            return _literal(node)
        if isinstance(node, exp.Neg) and isinstance(node.this, exp.Literal) and not node.this.is_string:
            literal = _literal(node.this)
            return Literal(-int(literal.value), literal.dimension)
        if isinstance(node, exp.Column):
            return self._name(node)
        if isinstance(node, exp.Placeholder):
            return self._parameter(node)
        if type(node) in _ARITHMETIC:
            return _arithmetic(_ARITHMETIC[type(node)], self.term(node.this), self.term(node.expression))
        if isinstance(node, exp.Div | exp.IntDiv | exp.Mod):
            raise ExpressionError(f"“{node.sql()}”:规则里不能用除法,请改写为乘法,例如 a > :share * b。")
        raise ExpressionError(
            f"“{node.sql()[:60]}”:只能用指标、:参数、整数、文字和 + - *,不能有函数、转换、查询等写法。"
        )

    def _name(self, node: exp.Column) -> Name:
        name = node.name
        if node.table or name not in self.indicators:
            raise ExpressionError(f"没有名为“{node.sql()}”的指标,请对照指标目录检查拼写。")
        unit = self.indicators[name].unit
        return Name(name, TEXT if unit in ("code", "grade") else unit)

    def _parameter(self, node: exp.Placeholder) -> Parameter:
        name = node.this
        if not isinstance(name, str) or name not in self.parameter_units:
            raise ExpressionError(f"没有名为“:{name}”的参数,请在 parameters.toml 中补上或检查拼写。")
        unit = self.parameter_units[name]
        return Parameter(name, _PARAMETER_DIMENSION.get(unit, unit))


def _literal(node: exp.Literal) -> Literal:
    if node.is_string:
        return Literal(node.name, TEXT)
    try:
        return Literal(int(node.name), NUMBER)
    except ValueError:
        raise ExpressionError(f"“{node.name}”:规则里只能写整数;比例请用千分数参数再乘。") from None


def _arithmetic(operator: str, left: Term, right: Term) -> Arithmetic:
    dimensions = {left.dimension, right.dimension}
    if dimensions & {TEXT, FLAG}:
        raise ExpressionError("文字和是/否不能参加加减乘。")
    if operator == "*":
        if left.dimension == right.dimension == MONEY:
            raise ExpressionError("两个金额不能相乘。")
        if MONEY in dimensions:
            return Arithmetic(operator, left, right, MONEY)
        dimension = next((d for d in (left.dimension, right.dimension) if d != NUMBER), NUMBER)
        return Arithmetic(operator, left, right, dimension)
    if len(dimensions - {NUMBER}) > 1 or dimensions == {MONEY, NUMBER}:
        raise ExpressionError(f"单位不同不能相加减:{left.dimension} 与 {right.dimension}。")
    dimension = next((d for d in (left.dimension, right.dimension) if d != NUMBER), NUMBER)
    return Arithmetic(operator, left, right, dimension)


def _check_comparable(operator: str, left: Term, right: Term) -> None:
    dimensions = {left.dimension, right.dimension}
    if operator in ("<", "<=", ">", ">=") and dimensions & {TEXT, FLAG}:
        raise ExpressionError("文字和是/否只能用 = 或 <> 比较。")
    if len(dimensions) == 1:
        return
    other = (dimensions - {NUMBER}).pop() if NUMBER in dimensions else None
    if other is None or other in (TEXT, FLAG):
        raise ExpressionError(f"单位不同不能比较:{left.dimension} 与 {right.dimension}。")
    number = left if left.dimension == NUMBER else right
    if other == MONEY and not (isinstance(number, Literal) and number.value == 0):
        raise ExpressionError(
            "金额只能与金额或参数比较,不能与写死的数比较(0 除外);请把数写进 parameters.toml 并注明出处。"
        )
