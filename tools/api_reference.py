"""The generated page of the interface: every operation, its parameters, what it answers."""

import os
from collections.abc import Iterator
from typing import Any

_NOTE = "> 本页由 `make reference` 生成,请勿手改。\n"


def api_lines() -> Iterator[str]:
    """Return the lines of docs/reference/api.md, from the OpenAPI document itself."""
    schema = _schema()
    yield "# Interface 接口\n"
    yield _NOTE
    yield f"OpenAPI {schema['openapi']}: `/api/v1/openapi.json`. How to use it: "
    yield "[connect a platform](../how-to/connect-a-platform.md).\n"
    yield f"{schema['info']['description']}\n"
    yield "## 操作\n"
    yield "| 方法和地址 | 名称 | 用途 |"
    yield "|---|---|---|"
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            yield f"| `{method.upper()} {path}` | `{told['operationId']}` | {told['summary']} |"
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            yield from _operation(method, path, told)
    yield "\n## 内容\n"
    for name, told in sorted(schema["components"]["schemas"].items()):
        yield from _object(name, told)


def _schema() -> dict[str, Any]:
    import django
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    if not settings.configured:
        django.setup()
    from shouwang.api.app import api

    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))


def _operation(method: str, path: str, told: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {told['summary']}\n"
    yield f"`{method.upper()} {path}`。{told.get('description', '')}\n"
    if parameters := told.get("parameters"):
        yield "| 参数 | 在 | 类型 | 必填 | 说明 |"
        yield "|---|---|---|---|---|"
        for each in parameters:
            needed = "是" if each.get("required") else ""
            kind = _kind(each["schema"])
            yield f"| `{each['name']}` | {each['in']} | {kind} | {needed} | {_said(each)} |"
    for kind, body in (told.get("requestBody") or {}).get("content", {}).items():
        yield f"\n内容（`{kind}`）：{_kind(body['schema'])}"
    done = [f"`{code}` {_answer(each)}" for code, each in told["responses"].items() if int(code) < 400]
    refused = "、".join(f"`{code}`" for code in told["responses"] if int(code) >= 400)
    yield f"\n答复：{'；'.join(done)}。错误：{refused}。"


def _answer(told: dict[str, Any]) -> str:
    return next((_kind(each["schema"]) for each in told.get("content", {}).values()), "")


def _object(name: str, told: dict[str, Any]) -> Iterator[str]:
    yield f"### {name}\n"
    if "enum" in told:
        yield "、".join(f"`{each}`" for each in told["enum"]) + "\n"
        return
    yield "| 项 | 类型 | 必有 | 说明 |"
    yield "|---|---|---|---|"
    for key, each in told.get("properties", {}).items():
        needed = "是" if key in told.get("required", ()) else ""
        yield f"| `{key}` | {_kind(each)} | {needed} | {_said(each)} |"
    yield ""


def _said(told: dict[str, Any]) -> str:
    words = told.get("description") or (told.get("schema") or {}).get("description") or ""
    return str(words).replace("|", "\\|").replace("\n", " ")


def _kind(told: dict[str, Any]) -> str:
    """Name the type of a value, a choice by its parts."""
    if "$ref" in told:
        return str(told["$ref"]).rpartition("/")[2]
    if parts := told.get("anyOf"):
        return " 或 ".join(_kind(each) for each in parts)
    if "enum" in told:
        return "、".join(f"`{each}`" for each in told["enum"])
    if told.get("type") == "array":
        return f"{_kind(told.get('items', {}))} 的列表"
    if told.get("type") == "object" and "properties" in told:
        return "、".join(f"`{key}`" for key in told["properties"])
    return str(told.get("format") or told.get("type") or "任意")
