"""What the OpenAPI document says beyond what the operations say of themselves."""

from typing import Any

from ninja.openapi.schema import OpenAPISchema

from shouwang.api.problems import CONTENT_TYPE, KINDS

WORDS = """
部门向守望推送数据，平台和业务系统从守望读取数据。

- 令牌：在“我的账号—接口令牌”中建立，写在 `Authorization: Bearer …` 头中。令牌以建立者的身份办事：
  管辖范围、角色、脱敏都与本人登录时相同，再限于令牌的范围、方法和来源地址。
  改密码、改角色、停用账号后随即失效。接口从不设置 cookie。
- 分页：按编号排列，`next_cursor` 为空即到末页。
- 缓存：每个读取都有 `ETag`，带 `If-None-Match` 时未变则答 304。
- 重发：POST 带 `Idempotency-Key`，网络中断后可放心重发。
- 错误：`application/problem+json`（RFC 9457），`type` 不变，`detail` 是可以给人看的中文。
- 金额为整数，单位分，名称以 `_fen` 结尾或另有 `unit`；日期为 ISO 8601。未知的值为 null，不是 0。
- 增量：列表的 `updated_since`。守望不回调任何地址，没有 webhook。
""".strip()
_ALWAYS = (400, 401, 403, 404, 405, 413, 422, 429, 500)
_WRITING = (409, 412, 415, 428)
_PROBLEM = {
    "type": "object",
    "title": "Problem",
    "description": "一个错误（RFC 9457）",
    "required": ["type", "title", "status", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "enum": [f"urn:shouwang:problem:{kind}" for kind in KINDS]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "reason"],
                "properties": {"where": {"type": "string"}, "reason": {"type": "string"}},
            },
        },
    },
}


def completed(schema: OpenAPISchema) -> OpenAPISchema:
    """Add to each operation the problems it may answer."""
    schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = _PROBLEM
    for methods in schema["paths"].values():
        for method, told in methods.items():
            statuses = _ALWAYS if method == "get" else (*_ALWAYS, *_WRITING)
            for status in statuses:
                told["responses"].setdefault(status, _response(status))
    return schema


def _response(status: int) -> dict[str, Any]:
    titles = "；".join(title for code, title in KINDS.values() if code == status)
    return {
        "description": titles,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
