"""`/docs`: the OpenAPI document as one plain page.

No script and nothing from elsewhere: the page is on the dashboard's origin, where a foreign script could do
everything that the session may, and it must show on a machine without the internet.
"""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_CODE = re.compile("`([^`]+)`")
_METHODS = ("get", "post", "put", "patch", "delete")


def render(document: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI 3.1 document."""
    info, schemas = document["info"], document.get("components", {}).get("schemas", {})
    groups: dict[str, list[str]] = {}
    for path, method, operation in _operations(document):
        tag = (operation.get("tags") or ["other"])[0]
        groups.setdefault(tag, []).append(_operation(path, method, operation, schemas))
    names = {tag: html.escape(tag.replace("-", " ")) for tag in groups}
    links = "".join(f'<li><a href="#{html.escape(tag)}">{names[tag]}</a></li>' for tag in groups)
    sections = "".join(
        f'<section id="{html.escape(tag)}"><h2>{names[tag]}</h2>{"".join(found)}</section>'
        for tag, found in groups.items()
    )
    title, about = html.escape(f"{info['title']} API"), _paragraphs(info.get("description", ""))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><header><h1>{title}</h1>{about}"
        f'<p>Version {html.escape(info["version"])} · <a href="/openapi.json">openapi.json</a></p></header>'
        f'<nav aria-label="Groups"><ul>{links}</ul></nav><main>{sections}</main></body></html>'
    )


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, Schema]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield path, method, item[method]


def _operation(path: str, method: str, operation: Schema, schemas: Schema) -> str:
    rows = [
        _row(p["name"], p.get("schema", {}), p.get("description", ""), where=p["in"], is_required=p.get("required"))
        for p in operation.get("parameters", ())
    ]
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    rows += _fields(_resolved(body, schemas))
    table = ""
    if rows:
        head = "<tr><th>Name</th><th>Where</th><th>Type</th><th>Meaning</th></tr>"
        table = f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"
    answers = "".join(_answer(status, answer) for status, answer in operation.get("responses", {}).items())
    description = operation.get("description", "")
    first = _prose(description.partition("\n")[0])
    return (
        f"<details><summary><b class={method}>{method.upper()}</b> <code>{html.escape(path)}</code> {first}</summary>"
        f"{_paragraphs(description.partition(chr(10))[2])}{table}<ul>{answers}</ul></details>"
    )


def _fields(schema: Schema) -> list[str]:
    required = schema.get("required", ())
    return [
        _row(name, field, field.get("description", ""), where="body", is_required=name in required)
        for name, field in schema.get("properties", {}).items()
    ]


def _row(name: str, schema: Schema, meaning: str, *, where: str, is_required: bool | None) -> str:
    told = _prose(meaning) + ("" if not is_required else " <em>required</em>")
    if schema.get("default") is not None:
        told += f" Default <code>{html.escape(str(schema['default']))}</code>."
    return f"<tr><td><code>{html.escape(name)}</code></td><td>{where}</td><td>{_type(schema)}</td><td>{told}</td></tr>"


def _type(schema: Schema) -> str:
    """Return a type in words: `string, at most 500` or `Appearance or null`."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(_type(one) for one in schema["anyOf"]))
    if "$ref" in schema:
        return html.escape(schema["$ref"].rpartition("/")[2])
    if "enum" in schema or "const" in schema:
        return " or ".join(f"<code>{html.escape(str(v))}</code>" for v in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    words = html.escape(str(schema.get("format") or schema.get("type", "any")))
    least = schema.get("minLength", schema.get("minimum"))
    most = schema.get("maxLength", schema.get("maximum"))
    bounds = [f"{word} {bound:g}" for word, bound in (("at least", least), ("at most", most)) if bound is not None]
    return ", ".join((words, *bounds))


def _answer(status: str, answer: Schema) -> str:
    kinds = ", ".join(html.escape(kind) for kind in answer.get("content", {}))
    codes = [code for kind in answer.get("content", {}).values() for code in kind.get("examples", {})]
    told = html.escape(answer.get("description", "")) + (f" <small>{kinds}</small>" if kinds else "")
    listed = "".join(f" <code>{html.escape(code)}</code>" for code in codes)
    return f"<li><b>{html.escape(status)}</b> {told}{listed}</li>"


def _resolved(schema: Schema, schemas: Schema) -> Schema:
    found: Schema = schemas.get(schema["$ref"].rpartition("/")[2], {}) if "$ref" in schema else schema
    return found


def _paragraphs(text: str) -> str:
    parts = (part.strip() for part in text.split("\n\n"))
    return "".join(f"<p>{_prose(part)}</p>" for part in parts if part)


def _prose(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", html.escape(text))


_STYLE = """
:root{color-scheme:light dark;font:16px/1.55 system-ui,sans-serif}
body{max-width:64rem;margin:0 auto;padding:2rem 1rem 4rem}
h1{margin:0}h2{margin:2.5rem 0 .5rem;text-transform:capitalize}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;padding:0}
details{border:1px solid #8886;border-radius:10px;margin:.4rem 0;padding:.5rem .9rem}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.2rem;font-size:.85rem}
code{font-size:.9em;overflow-wrap:anywhere}table{width:100%;border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid #8883}
"""
