"""Print the syntax tree of Python files as CPython sees it: what the parser's tests compare against.

Paths are read from standard input. For each there is a line `FILE path`, or `REFUSED path` when CPython
does not accept the file, and then one line per node: kind, start, end and a checksum of its plain fields.
Offsets count bytes of the file as UTF-8.
"""

import ast
import io
import re
import sys
import tokenize
import warnings
import zlib

warnings.simplefilter("ignore")

LINE = re.compile(rb"\r\n|\r|\n")
INSIDE_FSTRINGS = sys.version_info >= (3, 12)
IDENTIFIERS = (ast.Name, ast.Attribute, ast.arg, ast.keyword, ast.alias)
NAMES = {"TryStar": "Try", "AsyncFunctionDef": "FunctionDef", "AsyncFor": "For", "AsyncWith": "With",
         "TemplateStr": "JoinedStr", "Interpolation": "FormattedValue"}


def utf8(raw):
    encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
    if encoding in ("utf-8", "utf-8-sig"):
        return raw
    return raw.decode(encoding).encode()


def count(items):
    return str(len(items))


def constant(node):
    value = node.value
    if isinstance(value, str):
        return "str " + value
    if isinstance(value, int) and not isinstance(value, bool):
        return "int " + (str(value) if abs(value) < 1 << 62 else "big")
    return type(value).__name__ + (" " + str(value) if isinstance(value, bool) else "")


def empty(node):
    """CPython 3.12 ends formats with an empty constant."""
    return isinstance(node, ast.Constant) and node.value == ""


def op(o):
    return type(o).__name__


def definition(node):
    out = [node.name, count(node.body), count(node.decorator_list), count(getattr(node, "type_params", ()))]
    if isinstance(node, ast.ClassDef):
        return " ".join(out + [count(node.bases), count(node.keywords)])
    a = node.args
    out.append("async" if isinstance(node, ast.AsyncFunctionDef) else "plain")
    return " ".join(out + [arguments(a), "returns" if node.returns else ""])


def arguments(a):
    defaults = len(a.defaults) + sum(d is not None for d in a.kw_defaults)
    return " ".join([count(a.posonlyargs), count(a.args), count(a.kwonlyargs), str(defaults),
                     "*" if a.vararg else "", "**" if a.kwarg else ""])


def fields(node):
    name = NAMES.get(type(node).__name__, type(node).__name__)
    if name in ("FunctionDef", "ClassDef"):
        return definition(node)
    if name == "Constant":
        return constant(node)
    if name == "Name":
        return node.id
    if name == "Attribute":
        return node.attr
    if name == "arg":
        return node.arg
    if name == "keyword":
        return node.arg or ""
    if name == "alias":
        return node.name + " " + (node.asname or "")
    if name == "ImportFrom":
        return f"{node.module or ''} {node.level} {len(node.names)}"
    if name in ("Global", "Nonlocal"):
        return " ".join(node.names)
    if name in ("BinOp", "UnaryOp", "AugAssign", "BoolOp"):
        return op(node.op) + (count(node.values) if name == "BoolOp" else "")
    if name == "Compare":
        return " ".join(op(o) for o in node.ops)
    if name == "Call":
        return count(node.args) + " " + count(node.keywords)
    if name in ("Tuple", "List", "Set"):
        return count(node.elts)
    if name == "Dict":
        return count(node.keys) + " " + str(sum(k is None for k in node.keys))
    if name == "Lambda":
        return arguments(node.args)
    if name in ("If", "While", "For"):
        return count(node.body) + " " + count(node.orelse) + (" async" if isinstance(node, ast.AsyncFor) else "")
    if name == "With":
        return count(node.items) + " " + count(node.body) + (" async" if isinstance(node, ast.AsyncWith) else "")
    if name == "Try":
        return " ".join([count(node.body), count(node.handlers), count(node.orelse), count(node.finalbody),
                         "star" if type(node).__name__ == "TryStar" else ""])
    if name == "ExceptHandler":
        return (node.name or "") + " " + count(node.body)
    if name in ("Delete", "Assign"):
        return count(node.targets)
    if name in ("ListComp", "SetComp", "GeneratorExp", "DictComp"):
        return " ".join(f"{len(g.ifs)}{g.is_async}" for g in node.generators)
    if name == "JoinedStr" and INSIDE_FSTRINGS:
        return count([v for v in node.values if not empty(v)]) + (" t" if type(node).__name__ == "TemplateStr" else "")
    if name == "FormattedValue":
        return str(node.conversion)
    if name == "Slice":
        return "".join("x" if e else "-" for e in (node.lower, node.upper, node.step))
    if name == "Match":
        return " ".join(("if" if c.guard else "") + count(c.body) for c in node.cases)
    if name in ("MatchSequence", "MatchOr"):
        return count(node.patterns)
    if name == "MatchMapping":
        return count(node.keys) + " " + (node.rest or "")
    if name == "MatchClass":
        return " ".join([count(node.patterns)] + node.kwd_attrs)
    if name in ("MatchStar", "MatchAs"):
        return node.name or ""
    if name in ("TypeVar", "TypeVarTuple", "ParamSpec"):
        return node.name
    return ""


def checksum(node, source):
    """Return 0 for what the parser leaves as written: characters by name, surrogates, and the normal form of
    identifiers outside ASCII."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and b"\\N" in source:
            return 0
    elif isinstance(node, IDENTIFIERS) and not source.isascii():
        return 0
    try:
        return zlib.crc32(fields(node).encode())
    except UnicodeEncodeError:
        return 0


def dump(path, out):
    with open(path, "rb") as f:
        raw = f.read()
    try:
        tree = ast.parse(raw, path)
        source = utf8(raw)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        out.write(f"REFUSED {path}\n")
        return
    starts = [3 if source.startswith(b"\xef\xbb\xbf") else 0]
    starts += [m.end() for m in LINE.finditer(source)] + [len(source)]
    out.write(f"FILE {path}\n")
    stack = [tree]
    while stack:
        node = stack.pop()
        if hasattr(node, "lineno"):
            if empty(node) and node.col_offset == node.end_col_offset and node.lineno == node.end_lineno:
                continue
            start = starts[node.lineno - 1] + node.col_offset
            end = starts[node.end_lineno - 1] + node.end_col_offset
            sum32 = checksum(node, source[start:end])
            kind = type(node).__name__
            out.write(f"{NAMES.get(kind, kind)} {start} {end} {sum32}\n")
        if INSIDE_FSTRINGS or not isinstance(node, ast.JoinedStr):
            stack.extend(ast.iter_child_nodes(node))


def main():
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", "surrogateescape", write_through=False)
    print(*sys.version_info[:2], file=out)
    for line in io.TextIOWrapper(sys.stdin.buffer, "utf-8", "surrogateescape"):
        dump(line.rstrip("\n"), out)
    out.flush()


main()
