"""Arithmetic as people write it, worked out without running any of it.

The text is parsed by Python's own parser, and of the tree only numbers, operators and a list of functions are
followed. Bounds keep an innocent line such as `9**9**9` from keeping a process busy.
"""

import ast
import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

MAX_TEXT = 500
MAX_DIGITS = 300
"""Of any number on the way; beyond it a result says nothing to anybody."""
_MAX_NODES = 200
_MAX_PLACES = 30

Number = int | float


class NotArithmetic(ValueError):
    """The text cannot be worked out; the message says why."""


_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "abs": (abs, 1, 1),
    "round": (lambda value, digits=0: _rounded(value, digits), 1, 2),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "sqrt": (math.sqrt, 1, 1),
    "exp": (math.exp, 1, 1),
    "ln": (math.log, 1, 1),
    "log": (math.log, 1, 2),
    "log10": (math.log10, 1, 1),
    "log2": (math.log2, 1, 1),
    "sin": (math.sin, 1, 1),
    "cos": (math.cos, 1, 1),
    "tan": (math.tan, 1, 1),
    "asin": (math.asin, 1, 1),
    "acos": (math.acos, 1, 1),
    "atan": (math.atan, 1, 1),
    "radians": (math.radians, 1, 1),
    "degrees": (math.degrees, 1, 1),
    "min": (min, 1, 50),
    "max": (max, 1, 50),
    "sum": (lambda *values: sum(values), 1, 50),
    "mean": (lambda *values: sum(values) / len(values), 1, 50),
}
_NAMES: dict[str, float] = {"pi": math.pi, "e": math.e, "tau": math.tau}
FUNCTIONS = ", ".join(_FUNCTIONS)


def _rounded(value: Number, digits: Number) -> Number:
    if not -_MAX_PLACES <= digits <= _MAX_PLACES:
        raise NotArithmetic(f"numbers are rounded to at most {_MAX_PLACES} places")
    return round(value, int(digits)) if digits else round(value)


def calculate(text: str) -> Number:
    """Work an expression out, such as `(19.90 * 3) * 1.19` or `round(sqrt(2), 4)`.

    `^` is a power, `x` between digits and `×` are times, `÷` and `:` division, a percent sign behind a number a
    hundredth, and underscores and spaces inside numbers are nothing.

    Raises:
        NotArithmetic: it is no such expression, has no result, or a number is too large.
    """
    if len(text) > MAX_TEXT:
        raise NotArithmetic(f"an expression may have at most {MAX_TEXT} characters")
    try:
        tree = ast.parse(_as_python(text), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotArithmetic("this is not an arithmetic expression, such as (3 + 4) * 2") from None
    if sum(1 for _ in ast.walk(tree)) > _MAX_NODES:
        raise NotArithmetic("the expression has too many parts")
    try:
        return _checked(_value(tree.body))
    except ZeroDivisionError:
        raise NotArithmetic("division by zero") from None
    except (OverflowError, ValueError) as error:
        if isinstance(error, NotArithmetic):
            raise
        raise NotArithmetic("this has no result among the real numbers") from None


def in_words(value: Number) -> str:
    """Return a number as people write it: without the noise of binary fractions."""
    if isinstance(value, int):
        return str(value)
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.12g}"


def _as_python(text: str) -> str:
    for sign, python in (("×", "*"), ("÷", "/"), ("−", "-"), ("–", "-"), ("·", "*"), ("^", "**"), (":", "/")):
        text = text.replace(sign, python)
    found: list[str] = []
    for place, sign in enumerate(text):
        if sign == "%" and not _is_operand(text[place + 1 :].lstrip()[:1]):
            found.append("/100")
        else:
            found.append(sign)
    return "".join(found).strip()


def _is_operand(sign: str) -> bool:
    """Say whether an operand begins with this sign: then a percent sign before it is a remainder."""
    return bool(sign) and (sign.isalnum() or sign in "(.")


def _value(node: ast.expr) -> Number:
    match node:
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            return _checked(value)
        case ast.Name(id=name) if name.lower() in _NAMES:
            return _NAMES[name.lower()]
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
            return _checked(_UNARY[type(sign)](_value(operand)))
        case ast.BinOp(op=ast.Pow(), left=left, right=right):
            return _power(_value(left), _value(right))
        case ast.BinOp(op=sign, left=left, right=right) if type(sign) in _BINARY:
            return _applied(sign, _value(left), _value(right))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name.lower() in _FUNCTIONS:
            return _called(name.lower(), args)
    raise _refusal(node)


def _applied(sign: ast.operator, left: Number, right: Number) -> Number:
    """Apply an operator; on decimals as exactly as they were written, so that 0.1 + 0.2 is 0.3."""
    function = _BINARY[type(sign)]
    if isinstance(left, int) and isinstance(right, int) and not isinstance(sign, ast.Div):
        return _checked(function(left, right))
    exact = function(_exact(left), _exact(right))
    if isinstance(exact, Fraction) and exact.denominator != 1:
        return _checked(float(exact))
    return _checked(int(exact))


def _exact(value: Number) -> Fraction:
    return Fraction(value) if isinstance(value, int) else Fraction(repr(value))


def _power(base: Number, exponent: Number) -> Number:
    if exponent and base and abs(exponent) * max(1.0, abs(math.log10(abs(base)))) > MAX_DIGITS * 4:
        raise NotArithmetic("the result is too large")
    result = base**exponent
    if isinstance(result, complex):
        raise NotArithmetic("this has no result among the real numbers")
    return _checked(result)


def _called(name: str, args: list[ast.expr]) -> Number:
    function, fewest, most = _FUNCTIONS[name]
    if not fewest <= len(args) <= most:
        raise NotArithmetic(f"{name}() takes {fewest if fewest == most else f'{fewest} to {most}'} numbers")
    return _checked(function(*(_value(arg) for arg in args)))


def _checked(value: Any) -> Number:
    if isinstance(value, int):
        if value.bit_length() > MAX_DIGITS * 3.33:
            raise NotArithmetic("the result is too large")
        return value
    number = float(value)
    if not math.isfinite(number):
        raise NotArithmetic("the result is too large")
    return number


def _refusal(node: ast.expr) -> NotArithmetic:
    if isinstance(node, ast.Call | ast.Name):
        name = getattr(node, "id", None) or getattr(getattr(node, "func", None), "id", "this")
        return NotArithmetic(f"{name} is not known here; there are {FUNCTIONS}, pi and e")
    return NotArithmetic("only numbers, + - * / // % ^, brackets and functions can be worked out")
